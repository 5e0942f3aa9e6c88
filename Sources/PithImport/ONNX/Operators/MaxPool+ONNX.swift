import PithGraph

extension MaxPool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let window = try node.window()
    let byColumns = try node.flag("storage_order")
    let isFloat = try builder.type(try builder.required(node, 0)).element.isFloatingPoint
    if isFloat, !builder.uses(node, output: 1) {
      return try builder.emit(MaxPool(window: window), node, outputs: Array(node.outputs.prefix(1)))
    }
    try builder.emit(MaxPoolWithIndices(window: window, numbersByColumns: byColumns), node)
  }
}

extension MaxUnpool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(MaxUnpool(window: try node.window()), node)
  }
}
