import PithGraph

extension Expand: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    return [try inputs.tensor(0).broadcast(to: shape)]
  }
}
