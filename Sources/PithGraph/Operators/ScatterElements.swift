/// What becomes of an element that an update meets.
public enum ScatterReduction: String, Sendable, Hashable {
  case none, add, mul, max, min
}

/// A copy of the data in which each update is put where its index says along an axis, and at its own place along the
/// others. Operands: data, indices (int64 or int32), updates of the indices' shape.
public struct ScatterElements: Operator {
  public static let name = "ScatterElements"
  public static let operandCount = 3...3

  public var axis: Int
  public var reduction: ScatterReduction

  public init(axis: Int = 0, reduction: ScatterReduction = .none) {
    self.axis = axis
    self.reduction = reduction
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let data = try operands.type(0)
    let indices = try operands.indices(1)
    let updates = try operands.type(2, data.element)
    _ = try Operands.axis(axis, rank: data.shape.rank)
    guard indices.shape.rank == data.shape.rank, updates.shape.rank == data.shape.rank,
      zip(indices.shape.dimensions, updates.shape.dimensions).allSatisfy({ $0.mayEqual($1) })
    else {
      throw GraphError(
        "indices of shape \(indices.shape) and updates of shape \(updates.shape) do not fit data of shape \(data.shape)"
      )
    }
    return [ValueType(data.element, data.shape)]
  }
}
