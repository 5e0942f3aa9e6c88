import PithGraph

/// An operator without attributes, whose operands are ONNX's own.
protocol PlainONNXWritable: ONNXWritable {}

extension PlainONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws { try writer.emit(node, name) }
}

extension Exp: PlainONNXWritable {}
extension Log: PlainONNXWritable {}
extension Sqrt: PlainONNXWritable {}
extension Reciprocal: PlainONNXWritable {}
extension Erf: PlainONNXWritable {}
extension Softplus: PlainONNXWritable {}
extension Softsign: PlainONNXWritable {}
extension Floor: PlainONNXWritable {}
extension Ceil: PlainONNXWritable {}
extension Round: PlainONNXWritable {}
extension Sin: PlainONNXWritable {}
extension Cos: PlainONNXWritable {}
extension Tan: PlainONNXWritable {}
extension Asin: PlainONNXWritable {}
extension Acos: PlainONNXWritable {}
extension Atan: PlainONNXWritable {}
extension Sinh: PlainONNXWritable {}
extension Cosh: PlainONNXWritable {}
extension Asinh: PlainONNXWritable {}
extension Acosh: PlainONNXWritable {}
extension Atanh: PlainONNXWritable {}
extension Neg: PlainONNXWritable {}
extension Abs: PlainONNXWritable {}
extension Sign: PlainONNXWritable {}
extension Pow: PlainONNXWritable {}
extension PRelu: PlainONNXWritable {}
extension Max: PlainONNXWritable {}
extension Min: PlainONNXWritable {}
extension Equal: PlainONNXWritable {}
extension Less: PlainONNXWritable {}
extension LessOrEqual: PlainONNXWritable {}
extension Greater: PlainONNXWritable {}
extension GreaterOrEqual: PlainONNXWritable {}
extension And: PlainONNXWritable {}
extension Or: PlainONNXWritable {}
extension Xor: PlainONNXWritable {}
extension Not: PlainONNXWritable {}
extension Where: PlainONNXWritable {}
extension Expand: PlainONNXWritable {}
extension IsNaN: PlainONNXWritable {}
extension Det: PlainONNXWritable {}
extension Tile: PlainONNXWritable {}
extension MatMulInteger: PlainONNXWritable {}
extension NumberRange: PlainONNXWritable {}
extension NonZero: PlainONNXWritable {}

extension Mish: PlainONNXWritable {
  var minimumOpset: Int { 18 }
}

extension BitwiseAnd: PlainONNXWritable {
  var minimumOpset: Int { 18 }
}

extension BitwiseOr: PlainONNXWritable {
  var minimumOpset: Int { 18 }
}

extension BitwiseXor: PlainONNXWritable {
  var minimumOpset: Int { 18 }
}
