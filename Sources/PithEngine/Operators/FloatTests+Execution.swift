import PithGraph

extension IsNaN: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    return [Tensor(shape: shape, elements: try inputs.tensor(0).doubles().map(\.isNaN))]
  }
}

extension IsInf: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let flags = try inputs.tensor(0).doubles().map { value in
      value.isInfinite && (value < 0 ? detectsNegative : detectsPositive)
    }
    return [Tensor(shape: shape, elements: flags)]
  }
}
