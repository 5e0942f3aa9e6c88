import PithGraph

extension Squeeze: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try inputs.reshaped(try outputShape(inputs))
  }
}
