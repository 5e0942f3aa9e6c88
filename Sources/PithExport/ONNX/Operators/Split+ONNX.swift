import PithGraph

extension Split: ONNXWritable {
  /// With its sizes where they are known, which every opset understands.
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = [("axis", .int(axis))]
    if node.inputs.count > 1, node.inputs[1] != nil {
      return try writer.emit(node, name, attributes: attributes)
    }
    let shape = try writer.type(node, 0).shape
    var inputs = try writer.operands(node, first: 1)
    if let size = shape[try Operands.axis(axis, rank: shape.rank)].size {
      inputs.append(
        writer.constant(
          "\(node.name.isEmpty ? "split" : node.name)_sizes", Tensor(ints: try sizes(nil, of: size))))
    } else if writer.opset >= 18 {
      attributes.append(("num_outputs", .int(partCount)))
    }
    try writer.emit(node, name, attributes: attributes, inputs: inputs)
  }
}
