/// max(x, 0).
public struct Relu: Operator {
  public static let name = "Relu"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}
