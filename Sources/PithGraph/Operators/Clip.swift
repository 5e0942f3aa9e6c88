/// max(min(x, maximum), minimum). Operands: x, and optionally the minimum and the maximum as scalars.
public struct Clip: Operator {
  public static let name = "Clip"
  public static let operandCount = 1...3

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    for index in 1..<3 where operands.has(index) {
      guard try operands.type(index).element == type.element else {
        throw GraphError("operand \(index) must be \(type.element.rawValue)")
      }
    }
    return [ValueType(type.element, type.shape)]
  }
}
