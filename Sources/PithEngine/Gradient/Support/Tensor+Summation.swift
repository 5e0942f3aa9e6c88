import PithGraph

extension Tensor {
  /// Adds up whatever broadcasting had repeated: the gradient of a tensor of `shape` that was broadcast to this one's.
  /// - Precondition: the tensor is float32, and `shape` broadcasts to its shape.
  func summed(to shape: [Int]) -> Tensor {
    if self.shape == shape { return self }
    let padding = rank - shape.count
    // Neighbouring axes of one kind are one axis.
    var axes: [(size: Int, isSummed: Bool)] = []
    for (axis, size) in self.shape.enumerated() where size != 1 {
      let isSummed = axis < padding || shape[axis - padding] == 1
      if let last = axes.last, last.isSummed == isSummed {
        axes[axes.count - 1].size *= size
      } else {
        axes.append((size, isSummed))
      }
    }
    var values = floats ?? []
    // Innermost first: then most of the elements are added up as neighbours.
    while let index = axes.lastIndex(where: \.isSummed) {
      let outer = axes[..<index].reduce(1) { $0 * $1.size }
      let inner = axes[(index + 1)...].reduce(1) { $0 * $1.size }
      let count = axes[index].size
      values = inner == 1 ? Self.rowSums(values, outer, count) : Self.columnSums(values, outer, count, inner)
      axes.remove(at: index)
    }
    return Tensor(shape: shape, floats: values)
  }

  private static func rowSums(_ values: [Float], _ rows: Int, _ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows) { target, initialized in
      values.withUnsafeBufferPointer { source in
        guard let to = target.baseAddress else { return }
        // Without elements there is nothing to read.
        let from = source.baseAddress ?? UnsafePointer(to)
        Parallelism.forEachRange(rows, grain: max(1, elementwiseGrain / max(1, count))) { range in
          for row in range {
            (to + row).initialize(to: Float(VectorLoops.sum(from + row * count, count: count)))
          }
        }
      }
      initialized = rows
    }
  }

  /// Columns that are added up at a time.
  private static let block = 128
  /// Rows that are added up in Float before they go into a sum in Double.
  private static let stretch = 64

  /// Of each of `outer` matrices of `rows` × `columns`, the sum of its rows.
  private static func columnSums(_ values: [Float], _ outer: Int, _ rows: Int, _ columns: Int) -> [Float] {
    var sums = [Float](repeating: 0, count: outer * columns)
    let blocks = (columns + block - 1) / block
    sums.withUnsafeMutableBufferPointer { target in
      values.withUnsafeBufferPointer { source in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        let grain = max(1, elementwiseGrain / max(1, rows * min(block, columns)))
        Parallelism.forEachRange(outer * blocks, grain: grain) { range in
          for task in range {
            let (matrix, part) = task.quotientAndRemainder(dividingBy: blocks)
            let start = part * block
            sumColumns(
              from + matrix * rows * columns + start, rows, pitch: columns,
              to + matrix * columns + start, count: min(block, columns - start))
          }
        }
      }
    }
    return sums
  }

  private static func sumColumns(
    _ source: UnsafePointer<Float>, _ rows: Int, pitch: Int, _ target: UnsafeMutablePointer<Float>, count: Int
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { totals in
      guard let total = totals.baseAddress else { return }
      total.initialize(repeating: 0, count: count)
      for start in stride(from: 0, to: rows, by: stretch) {
        target.update(repeating: 0, count: count)
        for row in start..<min(rows, start + stretch) {
          VectorLoops.add(source + row * pitch, to: target, count: count)
        }
        for index in 0..<count { total[index] += Double(target[index]) }
      }
      for index in 0..<count { target[index] = Float(total[index]) }
    }
  }
}
