/// A copy of the data in which slices are put where tuples of indices say. Operands: data, indices (int64 or int32, the
/// last axis a tuple), updates.
public struct ScatterND: Operator {
  public static let name = "ScatterND"
  public static let operandCount = 3...3

  public var reduction: ScatterReduction

  public init(reduction: ScatterReduction = .none) { self.reduction = reduction }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let data = try operands.type(0)
    let indices = try operands.indices(1)
    let updates = try operands.type(2, data.element)
    let rank = indices.shape.rank
    guard rank >= 1, let depth = indices.shape[rank - 1].size, depth >= 0, depth <= data.shape.rank else {
      throw GraphError("indices of shape \(indices.shape) do not fit data of shape \(data.shape)")
    }
    let expected = Array(indices.shape.dimensions.dropLast() + data.shape.dimensions[depth...])
    guard updates.shape.rank == expected.count,
      zip(updates.shape.dimensions, expected).allSatisfy({ $0.mayEqual($1) })
    else {
      throw GraphError("the updates have shape \(updates.shape), but \(Shape(expected)) is needed")
    }
    return [ValueType(data.element, data.shape)]
  }
}
