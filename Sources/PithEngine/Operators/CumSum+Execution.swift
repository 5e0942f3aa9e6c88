import PithGraph

extension CumSum: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    guard let listed = try inputs.tensor(1).integers?.first else { throw GraphError("the axis is missing") }
    let axis = try Operands.axis(listed, rank: x.rank)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let count = shape[axis]
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      let values: [T] = try x.elements()
      var result = values
      for outer in 0..<(count == 0 ? 0 : values.count / count) {
        let start = outer / inner * inner * count + outer % inner
        var total = T.nothing
        for step in 0..<count {
          let index = start + (isReversed ? count - 1 - step : step) * inner
          if isExclusive { result[index] = total }
          total = T.sum(total, values[index])
          if !isExclusive { result[index] = total }
        }
      }
      return Tensor(shape: shape, elements: result)
    }
    return [try evaluate(x.element.numberType())]
  }
}
