/// The k largest or smallest elements along an axis, and where they are (int64). Operands: x, and k as an integer.
public struct TopK: Operator {
  public static let name = "TopK"
  public static let operandCount = 2...2

  public var axis: Int
  public var selectsLargest: Bool
  /// Whether they are in order, the extreme first; else the order is left open.
  public var isSorted: Bool

  public init(axis: Int = -1, selectsLargest: Bool = true, isSorted: Bool = true) {
    self.axis = axis
    self.selectsLargest = selectsLargest
    self.isSorted = isSorted
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    guard let count = try operands.integer(1) else { throw GraphError("k is missing") }
    let axis = try Operands.axis(axis, rank: type.shape.rank)
    guard count >= 0, count <= type.shape[axis].size ?? Int.max else {
      throw GraphError("\(count) elements cannot be taken of an axis of \(type.shape[axis])")
    }
    var shape = type.shape
    shape[axis] = .fixed(count)
    return [ValueType(type.element, shape), ValueType(.int64, shape)]
  }
}
