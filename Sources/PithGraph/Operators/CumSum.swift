/// Running sums along an axis. Operands: x, and the axis as an integer scalar.
public struct CumSum: Operator {
  public static let name = "CumSum"
  public static let operandCount = 2...2

  /// Whether an element is left out of its own sum.
  public var isExclusive: Bool
  /// Whether the sums run from the end.
  public var isReversed: Bool

  public init(isExclusive: Bool = false, isReversed: Bool = false) {
    self.isExclusive = isExclusive
    self.isReversed = isReversed
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    guard let axis = try operands.integer(1) else { throw GraphError("the axis is missing") }
    _ = try Operands.axis(axis, rank: type.shape.rank)
    return [type]
  }
}
