/// The determinant of square matrices (the last two axes).
public struct Det: Operator {
  public static let name = "Det"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let shape = try operands.shape(0, atLeast: 2)
    guard shape[shape.rank - 1].mayEqual(shape[shape.rank - 2]) else {
      throw GraphError("matrices of shape \(shape) are not square")
    }
    return [ValueType(type.element, Shape(Array(shape.dimensions.dropLast(2))))]
  }
}
