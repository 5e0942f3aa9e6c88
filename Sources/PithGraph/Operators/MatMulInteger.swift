/// The exact matrix product of integers as int32, less their zero points. Operands: a, b (int8 or uint8), and optionally
/// a's zero point (one, or one a row) and b's (one, or one a column).
public struct MatMulInteger: Operator {
  public static let name = "MatMulInteger"
  public static let operandCount = 2...4

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    for index in 0..<2 {
      let type = try operands.type(index)
      guard type.element == .int8 || type.element == .uint8 else {
        throw GraphError("operand \(index) is \(type.element.rawValue), but must be int8 or uint8")
      }
      if operands.has(index + 2) { _ = try operands.type(index + 2, type.element) }
    }
    return [ValueType(.int32, try MatMul.shape(try operands.shape(0), try operands.shape(1)))]
  }
}
