/// Reverses the beginning of each sequence. Operands: x, and each sequence's length `[batch]` (int64).
public struct ReverseSequence: Operator {
  public static let name = "ReverseSequence"
  public static let operandCount = 2...2

  public var timeAxis: Int
  public var batchAxis: Int

  public init(timeAxis: Int = 0, batchAxis: Int = 1) {
    self.timeAxis = timeAxis
    self.batchAxis = batchAxis
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let time = try Operands.axis(timeAxis, rank: type.shape.rank)
    let batch = try Operands.axis(batchAxis, rank: type.shape.rank)
    _ = try operands.indices(1)
    guard time != batch, try operands.shape(1, rank: 1)[0].mayEqual(type.shape[batch]) else {
      throw GraphError(
        "lengths of shape \(try operands.shape(1)) do not fit \(type.shape) along axis \(batch)")
    }
    return [ValueType(type.element, type.shape)]
  }
}
