import PithGraph

extension Where: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let flags: [Bool] = try inputs.tensor(0).broadcast(to: shape).elements()
    let (a, b) = (try inputs.tensor(1), try inputs.tensor(2))
    func evaluate<T: TensorElement>(_: T.Type) throws -> Tensor {
      let (left, right): ([T], [T]) = (
        try a.broadcast(to: shape).elements(), try b.broadcast(to: shape).elements()
      )
      return Tensor(shape: shape, elements: flags.indices.map { flags[$0] ? left[$0] : right[$0] })
    }
    return [try evaluate(a.element.swiftType)]
  }
}
