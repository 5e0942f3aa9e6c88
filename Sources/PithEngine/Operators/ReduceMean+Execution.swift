import PithGraph

extension ReduceMean: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let reduced = try axes(inputs.optional(1)?.integers, rank: x.rank)
    let kept = (0..<x.rank).filter { !reduced.contains($0) }
    let order = kept + reduced
    guard order != Array(0..<x.rank) else { return try mean([x], shape) }
    // The reduced axes go last, so that what is summed is contiguous.
    let strides = Tensor.strides(of: x.shape)
    return try mean([x.restrided(order.map { x.shape[$0] }, strides: order.map { strides[$0] })], shape)
  }

  private func mean(_ inputs: [Tensor?], _ shape: [Int]) throws -> [Tensor] {
    try reduceRows(inputs, shape: shape) { row, count in
      Float(VectorLoops.sum(row, count: count) / Double(count))
    }
  }
}
