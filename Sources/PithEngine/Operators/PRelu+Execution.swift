import PithGraph

extension PRelu: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (x, slope) = (try inputs.tensor(0), try inputs.tensor(1))
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      try BroadcastMap.map(x, slope, shape: shape) { (x: T, slope: T) in
        x < T.nothing ? T.product(x, slope) : x
      }
    }
    return [try evaluate(x.element.numberType())]
  }
}
