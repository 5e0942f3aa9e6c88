/// A matrix whose rows are the axes before `axis` and whose columns are the rest.
public struct Flatten: Operator {
  public static let name = "Flatten"
  public static let operandCount = 1...1

  public var axis: Int

  public init(axis: Int = 1) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let rank = type.shape.rank
    guard axis >= -rank, axis <= rank else {
      throw GraphError("axis \(axis) does not exist in shape \(type.shape)")
    }
    let split = axis < 0 ? axis + rank : axis
    let dimensions = type.shape.dimensions
    return [
      ValueType(
        type.element,
        [try Dimension.product(dimensions[..<split]), try Dimension.product(dimensions[split...])])
    ]
  }
}
