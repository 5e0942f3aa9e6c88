import PithGraph

extension Mod: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      try BroadcastMap.map(a, b, shape: shape) { (x: T, y: T) in
        guard a.element.isFloatingPoint || y != T.nothing else {
          throw GraphError("an integer is divided by zero")
        }
        return T.remainder(x, y, truncates: truncates)
      }
    }
    return [try evaluate(a.element.numberType())]
  }
}
