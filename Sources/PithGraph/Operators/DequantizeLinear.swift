/// Integers as reals: (x − zeroPoint) · scale. Operands: x, scale, and optionally the zero point.
public struct DequantizeLinear: Operator {
  public static let name = "DequantizeLinear"
  public static let operandCount = 2...3

  public var quantization: LinearQuantization

  public init(quantization: LinearQuantization = LinearQuantization()) { self.quantization = quantization }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.integral(0)
    let scale = try operands.floatingPoint(1)
    if operands.has(2) { _ = try operands.type(2, type.element) }
    try quantization.check(
      type.shape, scales: scale.shape, zeroPoints: operands.has(2) ? try operands.shape(2) : nil)
    return [ValueType(scale.element, type.shape)]
  }
}
