import PithGraph

extension MaxUnpool: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let (values, indices) = (try inputs.floats(0), try inputs.tensor(1).integers ?? [])
    guard indices.count == values.count, let natural = try naturalShape(Shape(x.shape)).sizes else {
      throw GraphError("\(indices.count) indices do not fit \(values.count) elements")
    }
    let places = Places(natural)
    let count = natural.reduce(1, *)
    let strides = Tensor.strides(of: shape)
    var result = [Float](repeating: 0, count: shape.reduce(1, *))
    for (value, index) in zip(values, indices) {
      guard index >= 0, index < count else { throw GraphError("index \(index) is outside of \(natural)") }
      let target = places.index(index, strides: strides)
      guard target < result.count else { throw GraphError("index \(index) is outside of \(shape)") }
      result[target] = value
    }
    return [Tensor(shape: shape, floats: result)]
  }
}
