/// The hyperbolic tangent.
public struct Tanh: Operator {
  public static let name = "Tanh"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}
