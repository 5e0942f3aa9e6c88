/// Joins tensors along one axis.
public struct Concat: Operator {
  public static let name = "Concat"
  public static let operandCount = 1...4096

  public var axis: Int

  public init(axis: Int) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let first = try operands.type(0)
    let axis = try Operands.axis(axis, rank: first.shape.rank)
    var shape = first.shape
    var total: Dimension? = shape[axis]
    for index in 1..<Swift.max(1, operands.count) {
      let other = try operands.type(index)
      guard other.element == first.element, other.shape.rank == shape.rank else {
        throw GraphError("operand \(index) is \(other), which cannot be joined to \(first)")
      }
      for k in 0..<shape.rank where k != axis {
        if let x = shape[k].size, let y = other.shape[k].size, x != y {
          throw GraphError(
            "operands of shapes \(first.shape) and \(other.shape) differ in axis \(k), which is not joined")
        }
        if shape[k].size == nil { shape[k] = other.shape[k] }
      }
      total = total?.plus(other.shape[axis])
    }
    guard let total else { throw GraphError("the joined axis is too large") }
    shape[axis] = total
    let parts = (0..<operands.count).map { operands.contents($0) }
    let contents = shape.rank == 1 && parts.allSatisfy { $0 != nil } ? parts.flatMap { $0! } : nil
    return [ValueType(first.element, shape).withContents(contents)]
  }
}
