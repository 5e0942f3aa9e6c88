import PithGraph

extension Identity: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    _ = try outputShapes(inputs)
    return [try inputs.tensor(0)]
  }
}
