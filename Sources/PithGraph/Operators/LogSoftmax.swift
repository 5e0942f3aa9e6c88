/// x − ln Σ eˣ along one axis.
public struct LogSoftmax: Operator {
  public static let name = "LogSoftmax"
  public static let operandCount = 1...1

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    _ = try Operands.axis(axis, rank: type.shape.rank)
    return [type]
  }
}
