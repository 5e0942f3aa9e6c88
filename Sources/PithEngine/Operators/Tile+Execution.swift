import PithGraph

extension Tile: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    // Each axis is one of repetitions, along which nothing moves, and its own.
    let strides = Tensor.strides(of: x.shape)
    let sizes = x.shape.indices.flatMap { [x.shape[$0] == 0 ? 0 : shape[$0] / x.shape[$0], x.shape[$0]] }
    return [x.restrided(sizes, strides: strides.flatMap { [0, $0] }).reshaped(shape)]
  }
}
