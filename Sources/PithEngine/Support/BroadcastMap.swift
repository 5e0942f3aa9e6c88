import PithGraph

/// Loops over operands that broadcast.
enum BroadcastMap {
  /// One result for each pair of elements.
  static func map<A: TensorElement, B: TensorElement, R: TensorElement>(
    _ a: Tensor, _ b: Tensor, shape: [Int], _ function: (A, B) throws -> R
  ) throws -> Tensor {
    let (left, right): ([A], [B]) = (
      try a.broadcast(to: shape).elements(), try b.broadcast(to: shape).elements()
    )
    return Tensor(shape: shape, elements: try zip(left, right).map { try function($0, $1) })
  }
}
