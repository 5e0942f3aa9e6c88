import PithGraph

extension NumberRange: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (start, delta) = (try inputs.tensor(0), try inputs.tensor(2))
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      guard let first = try start.elements(T.self).first, let step = try delta.elements(T.self).first else {
        throw GraphError("start or delta has no element")
      }
      return Tensor(
        shape: shape, elements: (0..<shape[0]).map { T.sum(first, T.product(T(nearest: Double($0)), step)) })
    }
    return [try evaluate(start.element.numberType())]
  }
}
