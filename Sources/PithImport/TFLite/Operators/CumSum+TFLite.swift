import PithGraph

/// CUMSUM: running sums along an axis.
enum TFLiteCumSum: TFLiteReader {
  static let opTypes = ["CUMSUM"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let options = try node.options(.cumsum)
    let axis = Tensor(ints: [try builder.integer(node, 1)]).reshaped([])
    let op = CumSum(isExclusive: try options?.bool(0) ?? false, isReversed: try options?.bool(1) ?? false)
    try builder.emit(
      op, node, inputs: [try builder.required(node, 0), builder.constant(node, "axis", axis)])
  }
}
