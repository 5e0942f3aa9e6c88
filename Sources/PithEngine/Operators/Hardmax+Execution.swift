import PithGraph

extension Hardmax: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let values = try inputs.floats(0)
    let axis = try Operands.axis(axis, rank: shape.count)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let places = try ArgMax(axis: axis).evaluate([try inputs.tensor(0)])[0].integers ?? []
    var result = [Float](repeating: 0, count: values.count)
    for (row, place) in places.enumerated() {
      result[(row / inner * shape[axis] + place) * inner + row % inner] = 1
    }
    return [Tensor(shape: shape, floats: result)]
  }
}
