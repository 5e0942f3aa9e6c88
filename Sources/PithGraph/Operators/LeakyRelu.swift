/// x where x ≥ 0, else alpha · x.
public struct LeakyRelu: Operator {
  public static let name = "LeakyRelu"
  public static let operandCount = 1...1

  public var alpha: Float

  public init(alpha: Float = 0.01) { self.alpha = alpha }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}
