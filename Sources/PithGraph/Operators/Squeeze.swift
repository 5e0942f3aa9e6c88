/// Drops axes of size 1. Operands: data, and optionally the axes; without them, every axis of 1.
public struct Squeeze: Operator {
  public static let name = "Squeeze"
  public static let operandCount = 1...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let rank = type.shape.rank
    let axes: Set<Int>
    if let listed = try operands.integers(1) {
      axes = Set(try listed.map { try Operands.axis($0, rank: rank) })
      for axis in axes {
        if let size = type.shape[axis].size, size != 1 {
          throw GraphError("axis \(axis) of \(size) cannot be dropped")
        }
      }
    } else {
      axes = Set((0..<rank).filter { type.shape[$0] == 1 })
    }
    let kept = (0..<rank).filter { !axes.contains($0) }.map { type.shape[$0] }
    return [ValueType(type.element, Shape(kept)).withContents(operands.contents(0))]
  }
}
