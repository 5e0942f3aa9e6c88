import PithGraph

extension Tensor {
  /// The same elements with axis i being axis `order[i]` of this one.
  /// - Precondition: float32, and `order` is a permutation of the axes.
  func transposed(_ order: [Int]) -> Tensor {
    guard let floats, order != Array(order.indices), count > 0 else { return self }
    let target = order.map { shape[$0] }
    let strides = Tensor.strides(of: shape)
    let steps = order.map { strides[$0] }
    var result: [Float] = []
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: rank)
    var offset = 0
    while result.count < count {
      result.append(floats[offset])
      var axis = rank - 1
      while axis >= 0 {
        index[axis] += 1
        offset += steps[axis]
        if index[axis] < target[axis] { break }
        offset -= steps[axis] * target[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return Tensor(shape: target, floats: result)
  }

  /// A float32 tensor of equal elements.
  static func filled(_ shape: [Int], _ value: Float) -> Tensor {
    Tensor(shape: shape, floats: Array(repeating: value, count: Shape.elementCount(shape) ?? 0))
  }
}
