import PithGraph

extension MatMul: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    let (left, right) = (try inputs.floats(0), try inputs.floats(1))
    // Vectors are matrices of one row or one column.
    let rows = a.rank == 1 ? 1 : a.shape[a.rank - 2]
    let inner = a.shape[a.rank - 1]
    let columns = b.rank == 1 ? 1 : b.shape[b.rank - 1]
    let leading = Array(shape.prefix(shape.count - (a.rank == 1 ? 0 : 1) - (b.rank == 1 ? 0 : 1)))
    let offsetsA = Self.offsets(a.shape.dropLast(2), leading, matrix: rows * inner)
    let offsetsB = Self.offsets(b.shape.dropLast(2), leading, matrix: inner * columns)
    return [
      Tensor.computing(shape) { output in
        left.withUnsafeBufferPointer { left in
          right.withUnsafeBufferPointer { right in
            let nothing = UnsafePointer(output)
            let a = MatrixOperand(base: left.baseAddress ?? nothing, pitch: inner)
            let b = MatrixOperand(base: right.baseAddress ?? nothing, pitch: columns)
            if offsetsB.allSatisfy({ $0 == 0 }), offsetsA.enumerated().allSatisfy({ $1 == $0 * rows * inner })
            {
              // All matrices on the left meet the same on the right: they are one matrix.
              MatrixProduct.multiplyInParallel(
                rows: rows * offsetsA.count, columns: columns, inner: inner, a, b, output, pitch: columns)
            } else {
              Self.multiplyEach(offsetsA, a, offsetsB, b, (rows, columns, inner), output)
            }
          }
        }
      }
    ]
  }

  /// A product for each position of the leading axes: at those offsets of both operands.
  static func multiplyEach(
    _ offsetsA: [Int], _ a: MatrixOperand, _ offsetsB: [Int], _ b: MatrixOperand,
    _ size: (rows: Int, columns: Int, inner: Int), _ output: UnsafeMutablePointer<Float>
  ) {
    let grain = max(1, (1 << 18) / max(1, size.rows * size.columns * max(1, size.inner)))
    Parallelism.forEachRange(offsetsA.count, grain: grain) { range in
      for index in range {
        MatrixProduct.multiply(
          rows: size.rows, columns: size.columns, inner: size.inner,
          a.offset(by: offsetsA[index]), b.offset(by: offsetsB[index]),
          output + index * size.rows * size.columns, pitch: size.columns)
      }
    }
  }

  /// Where the matrix of each position of the broadcast leading axes begins.
  static func offsets(_ own: ArraySlice<Int>, _ leading: [Int], matrix: Int) -> [Int] {
    let own = Array(own)
    let padding = leading.count - own.count
    let strides = Tensor.strides(of: own)
    return (0..<leading.reduce(1, *)).map { position in
      var (rest, offset) = (position, 0)
      for axis in leading.indices.reversed() {
        if axis >= padding, own[axis - padding] != 1 {
          offset += rest % leading[axis] * strides[axis - padding]
        }
        rest /= leading[axis]
      }
      return offset * matrix
    }
  }
}
