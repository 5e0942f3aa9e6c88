import PithGraph

extension LinearQuantization {
  fileprivate var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] {
    blockSize == 0 ? [("axis", .int(axis))] : [("axis", .int(axis)), ("block_size", .int(blockSize))]
  }

  fileprivate var minimumOpset: Int { blockSize == 0 ? ONNXExporter.supportedOpsets.lowerBound : 21 }
}

extension QuantizeLinear: ONNXWritable {
  var minimumOpset: Int { quantization.minimumOpset }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    guard element == .uint8 || element == .int8 else {
      throw ExportError("node '\(node.label)': only 8-bit integers can be written to ONNX")
    }
    var inputs = try writer.operands(node)
    if inputs.count < 3, element == .int8 {
      // The zero point is what says the type.
      guard let shape = try writer.type(node, 1).shape.sizes else {
        throw ExportError("node '\(node.label)': the scales' shape is not known")
      }
      let zeros = [Int8](repeating: 0, count: shape.reduce(1, *))
      inputs.append(writer.constant("zero_point", Tensor(shape: shape, storage: .int8(zeros))))
    }
    try writer.emit(node, name, attributes: quantization.attributes, inputs: inputs)
  }
}

extension DequantizeLinear: ONNXWritable {
  var minimumOpset: Int { quantization.minimumOpset }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: quantization.attributes)
  }
}

extension ConvInteger: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let op = convolution
    try writer.emit(
      node, name,
      attributes: ONNXGraphWriter.attributes(
        kernel: nil, strides: op.strides, dilations: op.dilations, padding: op.padding) + [
          ("group", .int(op.groups))
        ])
  }
}
