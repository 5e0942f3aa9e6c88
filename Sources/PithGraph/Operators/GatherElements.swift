/// Picks, for each index, the element at that place along an axis and at the index's own place along the others.
/// Operands: data, indices of as many axes (int64 or int32; negative ones count from the end).
public struct GatherElements: Operator {
  public static let name = "GatherElements"
  public static let operandCount = 2...2

  public var axis: Int

  public init(axis: Int = 0) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let data = try operands.type(0)
    let indices = try operands.indices(1)
    _ = try Operands.axis(axis, rank: data.shape.rank)
    guard indices.shape.rank == data.shape.rank else {
      throw GraphError("indices of shape \(indices.shape) do not fit data of shape \(data.shape)")
    }
    return [ValueType(data.element, indices.shape)]
  }
}
