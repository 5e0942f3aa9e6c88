import PithGraph

extension GroupNormalization: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let epsilon = (name: "epsilon", value: ONNXNodeDraft.Attribute.float(epsilon))
    let shape = try writer.type(node, 0).shape
    let inputs = try writer.operands(node)
    if shape[1] == .fixed(groups), shape.rank > 2 {
      return try writer.emit(node, "InstanceNormalization", attributes: [epsilon], inputs: inputs)
    }
    guard writer.opset < 21 else {
      return try writer.emit(node, name, attributes: [epsilon, ("num_groups", .int(groups))], inputs: inputs)
    }
    // Until opset 20 there was one scale a group only: groups are normalized as if they were channels.
    let split = writer.constant("groups", Tensor(ints: [0, groups, -1]))
    let maps = writer.emitPart("Reshape", node, "groups", inputs: [inputs[0], split])
    let ones = writer.constant("ones", Tensor(shape: [groups], floats: Array(repeating: 1, count: groups)))
    let zeros = writer.constant("zeros", Tensor(shape: [groups], floats: Array(repeating: 0, count: groups)))
    let normalized = writer.emitPart(
      "InstanceNormalization", node, "normalized", inputs: [maps, ones, zeros], attributes: [epsilon])
    let original = writer.emitPart("Shape", node, "shape", inputs: [inputs[0]])
    let back = writer.emitPart("Reshape", node, "back", inputs: [normalized, original])
    let perChannel = writer.constant(
      "per_channel", Tensor(ints: [1, -1] + Array(repeating: 1, count: shape.rank - 2)))
    let scale = writer.emitPart("Reshape", node, "scale", inputs: [inputs[1], perChannel])
    let bias = writer.emitPart("Reshape", node, "bias", inputs: [inputs[2], perChannel])
    let scaled = writer.emitPart("Mul", node, "scaled", inputs: [back, scale])
    try writer.emit(node, "Add", inputs: [scaled, bias])
  }
}

extension LayerNormalization: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis)), ("epsilon", .float(epsilon))])
  }
}

extension LRN: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, name,
      attributes: [
        ("size", .int(size)), ("alpha", .float(alpha)), ("beta", .float(beta)), ("bias", .float(bias)),
      ])
  }
}
