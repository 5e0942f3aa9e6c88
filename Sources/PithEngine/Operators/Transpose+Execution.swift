import PithGraph

extension Transpose: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let strides = Tensor.strides(of: x.shape)
    return [x.restrided(shape, strides: try order(rank: x.rank).map { strides[$0] })]
  }
}
