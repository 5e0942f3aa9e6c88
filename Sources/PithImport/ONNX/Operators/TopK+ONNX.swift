import PithGraph

extension TopK: ONNXReadable {
  /// k was an attribute until opset 9.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let op = TopK(
      axis: try node.int("axis") ?? -1, selectsLargest: try node.flag("largest", default: true),
      isSorted: try node.flag("sorted", default: true))
    guard builder.opset < 10 else { return try builder.emit(op, node) }
    guard let count = try node.int("k") else { throw GraphError("attribute 'k' is missing") }
    try builder.emit(
      op, node, inputs: [try builder.required(node, 0), builder.constant(node, "k", Tensor(ints: [count]))])
  }
}
