import PithGraph

extension FakeQuantize: ONNXWritable {
  /// A pair of QuantizeLinear and DequantizeLinear, which has the integers between: uint8 or int8, whichever the levels
  /// are. A quantized network in this form keeps its quantization.
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let type = try writer.type(node, 0)
    guard let steps = writer.constant(node, 1)?.floats, steps.count == units.count else {
      throw ExportError("node '\(node.label)': its scales are computed, and ONNX needs constants")
    }
    let scales = scales(steps: steps)
    let shape = scales.count == 1 ? [] : [scales.count]
    let zeros: Tensor.Storage
    if levels == 0...255, let zero = UInt8(exactly: zeroPoint) {
      zeros = .uint8(Array(repeating: zero, count: scales.count))
    } else if levels.upperBound == 127, levels.lowerBound >= -128, let zero = Int8(exactly: zeroPoint) {
      // −128 is a level that narrower weights do not use.
      zeros = .int8(Array(repeating: zero, count: scales.count))
    } else {
      throw ExportError("node '\(node.label)': levels \(levels) are neither int8 nor uint8")
    }
    let base = node.label
    let parameters = [
      writer.constant("\(base)_scale", Tensor(shape: shape, floats: scales)),
      writer.constant("\(base)_zero_point", Tensor(shape: shape, storage: zeros)),
    ]
    var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = []
    if scales.count > 1, let axis {
      attributes = [("axis", .int(try Operands.axis(axis, rank: type.shape.rank)))]
    }
    let input = try writer.operands(node, first: 1)
    let quantized = writer.part(
      "QuantizeLinear", "\(base)_quantize", inputs: input + parameters, attributes: attributes)
    try writer.emit(node, "DequantizeLinear", attributes: attributes, inputs: [quantized] + parameters)
  }
}
