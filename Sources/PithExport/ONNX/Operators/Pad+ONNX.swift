import PithGraph

extension Pad: ONNXWritable {
  /// Wrapping came with opset 19.
  var minimumOpset: Int { mode == .wrap ? 19 : ONNXExporter.supportedOpsets.lowerBound }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    var inputs: [String]
    if writer.opset < 18, let axes = try writer.integers(node, 3), let pads = try writer.integers(node, 1) {
      // The axes came with opset 18: until then every axis has its pads.
      let (begin, end) = try Pad.amounts(pads: pads, axes: axes, rank: try writer.type(node, 0).shape.rank)
      inputs = try writer.operands(node, first: 1)
      inputs.append(writer.constant("\(node.label)_pads", Tensor(ints: begin + end)))
      if let value = node.inputs[2] { inputs.append(try writer.operand(value)) }
    } else {
      inputs = try writer.operands(node)
    }
    try writer.emit(node, name, attributes: [("mode", .string(mode.rawValue))], inputs: inputs)
  }
}
