/// x.
public struct Identity: Operator {
  public static let name = "Identity"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.type(0)] }
}
