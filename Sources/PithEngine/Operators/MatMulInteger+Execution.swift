import PithGraph

extension MatMulInteger: Executable {
  /// Sums that do not fit int32 wrap around.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    let left = try Self.centred(a, inputs.optional(2), axis: max(0, a.rank - 2))
    let right = try Self.centred(b, inputs.optional(3), axis: b.rank - 1)
    let rows = a.rank == 1 ? 1 : a.shape[a.rank - 2]
    let inner = a.shape[a.rank - 1]
    let columns = b.rank == 1 ? 1 : b.shape[b.rank - 1]
    let leading = Array(shape.prefix(shape.count - (a.rank == 1 ? 0 : 1) - (b.rank == 1 ? 0 : 1)))
    let offsetsA = MatMul.offsets(a.shape.dropLast(2), leading, matrix: rows * inner)
    let offsetsB = MatMul.offsets(b.shape.dropLast(2), leading, matrix: inner * columns)
    var result = [Int32](repeating: 0, count: shape.reduce(1, *))
    for matrix in offsetsA.indices {
      for row in 0..<rows {
        for step in 0..<inner {
          let factor = left[offsetsA[matrix] + row * inner + step]
          for column in 0..<columns {
            result[(matrix * rows + row) * columns + column] &+=
              factor &* right[offsetsB[matrix] + step * columns + column]
          }
        }
      }
    }
    return [Tensor(shape: shape, elements: result)]
  }

  /// The integers less their zero point, or that of their index of an axis.
  static func centred(_ x: Tensor, _ zeroPoint: Tensor?, axis: Int) throws -> [Int32] {
    let values = (x.integers ?? []).map { Int32(truncatingIfNeeded: $0) }
    guard let zeroPoint, let zeros = zeroPoint.integers?.map({ Int32(truncatingIfNeeded: $0) }) else {
      return values
    }
    if zeros.count == 1 { return values.map { $0 - zeros[0] } }
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    // Leading axes may have zero points of their own.
    guard zeros.count == x.shape[axis] || zeros.count * inner == values.count else {
      throw GraphError("\(zeros.count) zero points do not fit axis \(axis) of \(x.shape)")
    }
    return values.indices.map { values[$0] - zeros[$0 / inner % zeros.count] }
  }
}
