import PithGraph

extension TopK: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    var inputs = try writer.operands(node)
    // ONNX wants a vector of one number.
    if let count = try writer.integers(node, 1), try writer.type(node, 1).shape.rank == 0 {
      inputs[1] = writer.constant("k", Tensor(ints: count))
    }
    try writer.emit(
      node, name,
      attributes: [
        ("axis", .int(axis)), ("largest", .int(selectsLargest ? 1 : 0)), ("sorted", .int(isSorted ? 1 : 0)),
      ], inputs: inputs)
  }
}
