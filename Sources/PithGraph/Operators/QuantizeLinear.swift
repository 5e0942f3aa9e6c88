/// Reals as integers: clamp(roundHalfEven(x / scale) + zeroPoint). Operands: x, scale, and optionally the zero point.
public struct QuantizeLinear: Operator {
  public static let name = "QuantizeLinear"
  public static let operandCount = 2...3

  public var quantization: LinearQuantization
  /// The type of the integers.
  public var element: ElementType
  /// The integers that there are; 16-bit ones are held as int32.
  public var levels: ClosedRange<Int>

  public init(
    quantization: LinearQuantization = LinearQuantization(), element: ElementType = .uint8,
    levels: ClosedRange<Int>? = nil
  ) {
    self.quantization = quantization
    self.element = element
    self.levels = levels ?? (element == .int8 ? -128...127 : element == .uint8 ? 0...255 : -32768...32767)
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    _ = try operands.floatingPoint(1)
    if operands.has(2) { _ = try operands.type(2, element) }
    try quantization.check(
      type.shape, scales: try operands.shape(1), zeroPoints: operands.has(2) ? try operands.shape(2) : nil)
    return [ValueType(element, type.shape)]
  }
}
