/// Which scale each element of a quantized tensor has: one for all, one for each index of an axis, or one for each block
/// along it.
public struct LinearQuantization: Sendable, Hashable {
  public var axis: Int
  /// Elements along the axis that share a scale; 0: as many as the scales' shape says.
  public var blockSize: Int

  public init(axis: Int = 1, blockSize: Int = 0) {
    self.axis = axis
    self.blockSize = blockSize
  }

  /// Checks that scales, and zero points where there are any, fit a tensor.
  func check(_ shape: Shape, scales: Shape, zeroPoints: Shape?) throws {
    let problem = GraphError("scales of shape \(scales) do not fit a tensor of shape \(shape)")
    // One number may be a scalar or a vector of one, and writers mix both.
    func isOne(_ shape: Shape) -> Bool { shape.rank < 2 && shape.dimensions.allSatisfy { $0 == 1 } }
    if let zeroPoints, !(isOne(zeroPoints) && isOne(scales)),
      zeroPoints.rank != scales.rank
        || !zip(zeroPoints.dimensions, scales.dimensions).allSatisfy({ $0.mayEqual($1) })
    {
      throw GraphError("zero points of shape \(zeroPoints) do not fit scales of shape \(scales)")
    }
    guard blockSize >= 0 else { throw GraphError("a block of \(blockSize) elements does not exist") }
    if blockSize > 0 {
      let axis = try Operands.axis(axis, rank: shape.rank)
      guard scales.rank == shape.rank else { throw problem }
      for index in 0..<shape.rank {
        let size = shape[index].size
        let expected = index == axis ? size.map { ($0 + blockSize - 1) / blockSize } : size
        if let expected, let count = scales[index].size, expected != count { throw problem }
      }
    } else if scales.rank == 1, scales[0] != 1 {
      guard scales[0].mayEqual(shape[try Operands.axis(axis, rank: shape.rank)]) else { throw problem }
    } else if scales.rank > 1 {
      throw problem
    }
  }

  /// For each element in row-major order, the index of its scale.
  public func scaleIndex(shape: [Int], scaleShape: [Int]) throws -> (Int) -> Int {
    if scaleShape.reduce(1, *) == 1 { return { _ in 0 } }
    let axis = try Operands.axis(axis, rank: shape.count)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let (size, block) = (shape[axis], Swift.max(1, blockSize))
    if blockSize == 0 { return { $0 / inner % size } }
    let blocks = scaleShape[axis]
    return { index in
      let (outer, position) = (index / (inner * size), index / inner % size)
      return (outer * blocks + position / block) * inner + index % inner
    }
  }
}
