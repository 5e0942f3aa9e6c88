import PithGraph

extension QuantizeLinear: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    node.ignore("saturate", "precision")
    let quantization = LinearQuantization(
      axis: try node.int("axis") ?? 1, blockSize: try node.int("block_size") ?? 0)
    var type = ONNXDataType.uint8
    if let number = try node.int("output_dtype"), number != 0 {
      guard let listed = Int32(exactly: number).flatMap({ ONNXDataType(rawValue: $0) }) else {
        throw GraphError("element type \(number) is unknown")
      }
      type = listed
    } else if let zero = try builder.operand(node, 2) {
      let wide = try builder.type(zero).element
      // 16-bit zero points are held in 32 bits.
      type = wide == .int32 ? builder.dataType(node.inputs[2]) ?? .int16 : wide == .int8 ? .int8 : .uint8
    }
    guard let levels = type.levels, let element = type.element else {
      throw GraphError("quantizing to \(type) is not supported; quantize to 8 bits")
    }
    try builder.emitQuantized(
      QuantizeLinear(quantization: quantization, element: element, levels: levels), node,
      inputs: try builder.operands(node))
  }
}

extension ONNXDataType {
  /// The integers that a type for quantized numbers has.
  fileprivate var levels: ClosedRange<Int>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...65535
    case .int16: -32768...32767
    default: nil
    }
  }
}

extension DequantizeLinear: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    node.ignore("output_dtype")
    let quantization = LinearQuantization(
      axis: try node.int("axis") ?? 1, blockSize: try node.int("block_size") ?? 0)
    let op = DequantizeLinear(quantization: quantization)
    guard let (rounding, operands) = try builder.rounding(op, try builder.operands(node), node, "") else {
      return try builder.emit(op, node)
    }
    try builder.emit(rounding, node, inputs: operands)
  }
}

/// ONNX's DynamicQuantizeLinear: the scale and the zero point come from the data.
enum ONNXDynamicQuantizeLinear: ONNXReader {
  static let opType = "DynamicQuantizeLinear"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let x = try builder.required(node, 0)
    func number(_ name: String, _ value: Float) -> ValueID { builder.constant(node, name, Tensor(value)) }
    func part(_ op: any Operator, _ name: String, _ inputs: ValueID...) throws -> ValueID {
      try builder.emitPart(op, node, name, inputs: inputs)
    }
    let zero = number("zero", 0)
    let low = try part(Min(), "low", try part(ReduceMin(keepsDimensions: false), "minimum", x), zero)
    let high = try part(Max(), "high", try part(ReduceMax(keepsDimensions: false), "maximum", x), zero)
    let levels = number("levels", 255)
    let scale = try part(Div(), "scale", try part(Sub(), "range", high, low), levels)
    let distance = try part(Sub(), "distance", zero, try part(Div(), "low_level", low, scale))
    let level = try part(Round(), "level", try part(Clip(), "bounded", distance, zero, levels))
    let zeroPoint = try part(Cast(to: .uint8), "zero_point", level)
    try builder.emit(
      QuantizeLinear(), node, inputs: [x, scale, zeroPoint], outputs: Array(node.outputs.prefix(1)))
    for (output, id) in zip(node.outputs.dropFirst(), [scale, zeroPoint]) where !output.isEmpty {
      builder.bind(output, to: id)
    }
  }
}

/// ONNX's QLinearConv: dequantize, convolve, quantize again.
enum ONNXQLinearConv: ONNXReader {
  static let opType = "QLinearConv"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let operands = try (0..<8).map { try builder.required(node, $0) }
    let x = try builder.dequantizedPart(DequantizeLinear(), node, "x", inputs: Array(operands[0...2]))
    let perFilter = DequantizeLinear(quantization: LinearQuantization(axis: 0))
    let weights = try builder.dequantizedPart(perFilter, node, "weights", inputs: Array(operands[3...5]))
    var inputs = [x, weights]
    if let bias = try builder.operand(node, 8) {
      // Its scale is the product of both others.
      let scale = try builder.emitPart(Mul(), node, "bias_scale", inputs: [operands[1], operands[4]])
      inputs.append(try builder.emitPart(perFilter, node, "bias", inputs: [bias, scale]))
    }
    let real = try builder.emitPart(
      try Conv.read(node, builder, weights: operands[3]), node, "real", inputs: inputs)
    let element = try builder.type(operands[7]).element
    try builder.emitQuantized(QuantizeLinear(element: element), node, inputs: [real] + operands[6...7])
  }
}

/// ONNX's QLinearMatMul: dequantize, multiply, quantize again.
enum ONNXQLinearMatMul: ONNXReader {
  static let opType = "QLinearMatMul"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let operands = try (0..<8).map { try builder.required(node, $0) }
    func real(_ name: String, _ first: Int, axis: Int) throws -> ValueID {
      try builder.dequantizedPart(
        DequantizeLinear(quantization: LinearQuantization(axis: axis)), node, name,
        inputs: Array(operands[first...first + 2]))
    }
    let product = try builder.emitPart(
      MatMul(), node, "real", inputs: [try real("a", 0, axis: -2), try real("b", 3, axis: -1)])
    let element = try builder.type(operands[7]).element
    try builder.emitQuantized(QuantizeLinear(element: element), node, inputs: [product] + operands[6...7])
  }
}

extension ConvInteger: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let convolution = try Conv.read(node, builder, weights: try builder.required(node, 1))
    try builder.emit(ConvInteger(convolution: convolution), node)
  }
}
