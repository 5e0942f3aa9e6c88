import PithGraph

extension BitShift: ONNXWritable {
  /// What wider unsigned numbers lose at their end takes a mask.
  var minimumOpset: Int { isLeft && bitWidth < 64 ? 18 : ONNXExporter.supportedOpsets.lowerBound }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let element = try writer.type(node, 0).element
    if element == .uint8 {
      return try writer.emit(node, name, attributes: [("direction", .string(isLeft ? "LEFT" : "RIGHT"))])
    }
    guard element == .int64 || element == .int32 else {
      throw ExportError("node '\(node.label)': ONNX does not shift \(element.rawValue)")
    }
    // ONNX shifts unsigned integers only, which are held as wider signed ones here: times or by a power of two.
    func number(_ wish: String, _ value: Int) -> String {
      writer.constant(
        wish,
        Tensor(
          shape: [],
          storage: element == .int64 ? .int64([Int64(value)]) : .int32([Int32(truncatingIfNeeded: value)])))
    }
    let operands = try writer.operands(node)
    let power = writer.emitPart("Pow", node, "power", inputs: [number("two", 2), operands[1]])
    guard isLeft else { return try writer.emit(node, "Div", inputs: [operands[0], power]) }
    guard bitWidth < 64 else { return try writer.emit(node, "Mul", inputs: [operands[0], power]) }
    let product = writer.emitPart("Mul", node, "product", inputs: [operands[0], power])
    try writer.emit(node, "BitwiseAnd", inputs: [product, number("mask", (1 << bitWidth) - 1)])
  }
}

extension BitwiseNot: ONNXWritable {
  var minimumOpset: Int { 18 }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    guard mask != -1 else { return try writer.emit(node, name) }
    // Unsigned numbers that are held in a wider type lose the bits that they do not have.
    let element = try writer.type(node, 0).element
    let bits = Tensor(
      shape: [],
      storage: element == .int64 ? .int64([Int64(mask)]) : .int32([Int32(truncatingIfNeeded: mask)]))
    let inverse = writer.emitPart(name, node, "inverse", inputs: try writer.operands(node))
    try writer.emit(node, "BitwiseAnd", inputs: [inverse, writer.constant("mask", bits)])
  }
}
