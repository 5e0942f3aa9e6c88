import PithGraph

extension Softmax: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let axis = try Operands.axis(axis, rank: shape.count)
    var x = try inputs.takeFloats(0)
    let count = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    x.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, buffer.count > 0 else { return }
        let block = count * inner
        let grain = max(1, elementwiseGrain / 4 / block)
        let outer = buffer.count / block
        Parallelism.forEach((outer + grain - 1) / grain, scratch: 2 * inner) { task, scratch in
          for index in task * grain..<min(outer, (task + 1) * grain) {
            if inner == 1 {
              Self.normalizeRow(base + index * count, count)
            } else {
              Self.normalizeColumns(
                base + index * block, count, inner, maxima: scratch, sums: scratch + inner)
            }
          }
        }
      }
    }
    return [x]
  }

  /// The largest element is subtracted first, so that no exponential overflows.
  private static func normalizeRow(_ row: UnsafeMutablePointer<Float>, _ count: Int) {
    let largest = VectorLoops.maximum(row, count: count)
    for index in 0..<count { row[index] = VectorMath.exponential(row[index] - largest) }
    VectorLoops.scale(row, count: count, by: Float(1 / VectorLoops.sum(row, count: count)), plus: 0)
  }

  /// The same for each column of `count` rows.
  private static func normalizeColumns(
    _ matrix: UnsafeMutablePointer<Float>, _ count: Int, _ inner: Int, maxima: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Float>
  ) {
    maxima.update(from: matrix, count: inner)
    for row in 1..<max(1, count) { VectorLoops.maximize(maxima, matrix + row * inner, count: inner) }
    sums.update(repeating: 0, count: inner)
    for row in 0..<count {
      let values = matrix + row * inner
      for index in 0..<inner { values[index] = VectorMath.exponential(values[index] - maxima[index]) }
      VectorLoops.add(values, to: sums, count: inner)
    }
    for row in 0..<count {
      let values = matrix + row * inner
      for index in 0..<inner { values[index] /= sums[index] }
    }
  }
}
