import PithGraph

/// AVERAGE_POOL_2D and MAX_POOL_2D, whose padded pixels never count.
enum TFLitePool: TFLiteReader {
  static let opTypes = ["AVERAGE_POOL_2D", "MAX_POOL_2D"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard let options = try node.options(.pool2D) else { throw GraphError("its window is missing") }
    let window = Window(
      kernel: [try options.int(4), try options.int(3)], strides: [try options.int(2), try options.int(1)],
      padding: try TFLiteConvolution.padding(options, 0))
    let activation = Int(try options.number(5, Int8(0)))
    let isMaximum = node.opType == "MAX_POOL_2D"
    let op: any Operator = isMaximum ? MaxPool(window: window) : AveragePool(window: window)
    try builder.emitOnPlanes(
      op, node, try builder.required(node, 0), activation: activation,
      keeping: isMaximum && activation == 0 ? 0 : nil)
  }
}
