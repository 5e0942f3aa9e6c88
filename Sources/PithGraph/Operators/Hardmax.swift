/// 1 for the first largest element along one axis, 0 for all others.
public struct Hardmax: Operator {
  public static let name = "Hardmax"
  public static let operandCount = 1...1

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    _ = try Operands.axis(axis, rank: type.shape.rank)
    return [type]
  }
}
