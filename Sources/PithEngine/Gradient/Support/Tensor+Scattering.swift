import PithGraph

extension Tensor {
  /// A float32 tensor of zeros in which axis i of this one steps by `strides[i]` from `start`: the way back from
  /// `restrided` where that repeats nothing.
  /// - Precondition: the tensor is float32, and all of it is inside.
  func scattered(to shape: [Int], start: Int, strides: [Int]) -> Tensor {
    var result = Tensor.zeros(shape)
    guard count > 0 else { return result }
    let copy = StridedCopy(
      sizes: self.shape, sourceStart: 0, sourceStrides: Tensor.strides(of: self.shape), targetStart: start,
      targetStrides: strides)
    result.overwrite(with: self, copy)
    return result
  }

  /// Copies elements of another float32 tensor over some of this one's.
  /// - Precondition: both are float32, and the copy stays inside both.
  mutating func overwrite(with source: Tensor, _ copy: StridedCopy) {
    withMutableFloats { values in
      values.withUnsafeMutableBytes { target in
        source.withBytes { source in
          guard let to = target.baseAddress, let from = source.baseAddress else { return }
          copy.run(from, to, MemoryLayout<Float>.stride)
        }
      }
    }
  }

  /// The slices along an axis added up where `picking` had taken them from, in their order.
  /// - Precondition: the tensor is float32, and `index` returns indices below `size`.
  func unpicking(axis: Int, size: Int, _ index: (Int) -> Int) -> Tensor {
    var result = shape
    result[axis] = size
    var sum = Tensor.zeros(result)
    guard count > 0 else { return sum }
    let count = shape[axis]
    let indices = (0..<count).map(index)
    let block = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    // Slices may fall on one another, so that only what is beside them is shared out.
    let piece = min(block, 4096)
    let pieces = (block + piece - 1) / piece
    sum.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        withFloats { source in
          Parallelism.forEachRange(outer * pieces, grain: max(1, elementwiseGrain / (count * piece))) {
            range in
            for task in range {
              let (matrix, part) = task.quotientAndRemainder(dividingBy: pieces)
              let start = part * piece
              for (position, index) in indices.enumerated() {
                VectorLoops.add(
                  source + (matrix * count + position) * block + start,
                  to: target + (matrix * size + index) * block + start, count: min(piece, block - start))
              }
            }
          }
        }
      }
    }
    return sum
  }
}
