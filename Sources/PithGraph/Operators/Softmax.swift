/// exp(x) / Σ exp(x) along one axis.
public struct Softmax: Operator {
  public static let name = "Softmax"
  public static let operandCount = 1...1

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    _ = try Operands.axis(axis, rank: type.shape.rank)
    return [type]
  }
}
