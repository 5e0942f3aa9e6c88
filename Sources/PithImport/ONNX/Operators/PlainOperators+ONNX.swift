import PithGraph

/// An operator without attributes, whose operands are ONNX's own.
protocol PlainONNXReadable: ONNXReadable {
  init()
}

extension PlainONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    // What some operators had in opset 6; it is about memory.
    node.ignore("consumed_inputs")
    try builder.emit(Self(), node)
  }
}

extension Exp: PlainONNXReadable {}
extension Log: PlainONNXReadable {}
extension Sqrt: PlainONNXReadable {}
extension Reciprocal: PlainONNXReadable {}
extension Erf: PlainONNXReadable {}
extension Softplus: PlainONNXReadable {}
extension Softsign: PlainONNXReadable {}
extension Mish: PlainONNXReadable {}
extension Floor: PlainONNXReadable {}
extension Ceil: PlainONNXReadable {}
extension Round: PlainONNXReadable {}
extension Sin: PlainONNXReadable {}
extension Cos: PlainONNXReadable {}
extension Tan: PlainONNXReadable {}
extension Asin: PlainONNXReadable {}
extension Acos: PlainONNXReadable {}
extension Atan: PlainONNXReadable {}
extension Sinh: PlainONNXReadable {}
extension Cosh: PlainONNXReadable {}
extension Asinh: PlainONNXReadable {}
extension Acosh: PlainONNXReadable {}
extension Atanh: PlainONNXReadable {}
extension Neg: PlainONNXReadable {}
extension Abs: PlainONNXReadable {}
extension Sign: PlainONNXReadable {}
extension Pow: PlainONNXReadable {}
extension PRelu: PlainONNXReadable {}
extension Max: PlainONNXReadable {}
extension Min: PlainONNXReadable {}
extension Equal: PlainONNXReadable {}
extension Less: PlainONNXReadable {}
extension LessOrEqual: PlainONNXReadable {}
extension Greater: PlainONNXReadable {}
extension GreaterOrEqual: PlainONNXReadable {}
extension And: PlainONNXReadable {}
extension Or: PlainONNXReadable {}
extension Xor: PlainONNXReadable {}
extension Not: PlainONNXReadable {}
extension Where: PlainONNXReadable {}
extension Expand: PlainONNXReadable {}
extension IsNaN: PlainONNXReadable {}
extension Det: PlainONNXReadable {}
extension BitwiseAnd: PlainONNXReadable {}
extension BitwiseOr: PlainONNXReadable {}
extension BitwiseXor: PlainONNXReadable {}
extension Tile: PlainONNXReadable {}
extension MatMulInteger: PlainONNXReadable {}
extension NumberRange: PlainONNXReadable {}
