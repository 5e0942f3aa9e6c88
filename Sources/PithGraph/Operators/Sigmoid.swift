/// 1 / (1 + exp(-x)).
public struct Sigmoid: Operator {
  public static let name = "Sigmoid"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}
