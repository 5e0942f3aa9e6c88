/// An operator that makes of the numbers along one axis as many others, line by line.
public protocol AxisFunction: Operator {
  /// Negative ones count from the last.
  var axis: Int { get }

  init(axis: Int)
}

extension AxisFunction {
  public static var operandCount: ClosedRange<Int> { 1...1 }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    _ = try Operands.axis(axis, rank: type.shape.rank)
    return [type]
  }
}
