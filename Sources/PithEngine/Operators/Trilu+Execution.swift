import PithGraph

extension Trilu: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let diagonal = inputs.optional(1)?.integers?.first ?? 0
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let isUpper = isUpper
    func evaluate<T: TensorElement>(_: T.Type) throws -> Tensor {
      var values: [T] = try x.elements()
      for index in values.indices {
        let distance = index % columns - index / columns % rows
        if isUpper ? distance < diagonal : distance > diagonal { values[index] = T.nothing }
      }
      return Tensor(shape: shape, elements: values)
    }
    return [try evaluate(x.element.swiftType)]
  }
}
