import PithGraph

extension MaxPool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard node.outputs.count == 1 || !builder.isUsed(node.outputs[1]) else {
      throw GraphError(
        "its second output (the indices) is used, which is not supported; export the model without")
    }
    // The order in which indices count matters to the second output only.
    node.ignore("storage_order")
    try builder.emit(MaxPool(window: try node.window()), node, outputs: Array(node.outputs.prefix(1)))
  }
}
