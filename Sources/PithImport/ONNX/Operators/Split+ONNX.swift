import PithGraph

extension Split: ONNXReadable {
  /// The sizes are an attribute before opset 13 and an operand from there on; from opset 18 on there may be a number of
  /// parts instead. Where there is neither, as many equal parts as the node has outputs.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let axis = try node.int("axis") ?? 0
    let x = try builder.required(node, 0)
    var sizes = try builder.operand(node, 1)
    if builder.opset < 13, let listed = try node.ints("split") {
      sizes = builder.constant(node, "split", Tensor(ints: listed))
    }
    let count = builder.opset >= 18 ? try node.int("num_outputs") : nil
    if let sizes {
      guard count == nil else { throw GraphError("it has both sizes and 'num_outputs', but may have one") }
      let listed = try builder.contents(sizes)?.count ?? node.outputs.count
      return try emit(Split(axis: axis, partCount: listed), [x, sizes], node, builder)
    }
    let op = Split(axis: axis, partCount: count ?? node.outputs.count)
    let type = try builder.type(x)
    if count == nil, let size = type.shape[try Operands.axis(axis, rank: type.shape.rank)].size,
      !node.outputs.isEmpty, size % node.outputs.count != 0
    {
      throw GraphError("an axis of \(size) cannot be split into \(node.outputs.count) equal parts")
    }
    try emit(op, [x], node, builder)
  }

  private static func emit(
    _ op: Split, _ inputs: [ValueID?], _ node: ONNXNode, _ builder: ONNXGraphBuilder
  ) throws {
    guard node.outputs.count <= op.partCount else {
      throw GraphError("it has \(node.outputs.count) outputs for \(op.partCount) parts")
    }
    try builder.emit(op, node, inputs: inputs)
  }
}
