/// max(0, min(1, alpha · x + beta)).
public struct HardSigmoid: Operator {
  public static let name = "HardSigmoid"
  public static let operandCount = 1...1

  public var alpha: Float
  public var beta: Float

  public init(alpha: Float = 0.2, beta: Float = 0.5) {
    self.alpha = alpha
    self.beta = beta
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}
