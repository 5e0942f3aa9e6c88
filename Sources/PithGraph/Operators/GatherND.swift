/// Picks slices by tuples of indices, which the last axis of the indices holds. Operands: data, indices (int64 or int32).
public struct GatherND: Operator {
  public static let name = "GatherND"
  public static let operandCount = 2...2

  /// How many leading axes both share.
  public var batchDimensions: Int

  public init(batchDimensions: Int = 0) { self.batchDimensions = batchDimensions }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let data = try operands.type(0)
    let indices = try operands.indices(1)
    let (rank, indexRank) = (data.shape.rank, indices.shape.rank)
    guard indexRank >= 1, let depth = indices.shape[indexRank - 1].size, batchDimensions >= 0,
      batchDimensions < indexRank, depth >= 0, depth <= rank - batchDimensions
    else {
      throw GraphError(
        "indices of shape \(indices.shape) do not fit data of shape \(data.shape) with \(batchDimensions) batch axes"
      )
    }
    for axis in 0..<batchDimensions where !data.shape[axis].mayEqual(indices.shape[axis]) {
      throw GraphError(
        "indices of shape \(indices.shape) and data of shape \(data.shape) differ in axis \(axis)")
    }
    let shape = indices.shape.dimensions.dropLast() + data.shape.dimensions[(batchDimensions + depth)...]
    return [ValueType(data.element, Shape(Array(shape)))]
  }
}
