/// x · max(0, min(1, x / 6 + 1 / 2)).
public struct HardSwish: Operator {
  public static let name = "HardSwish"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}
