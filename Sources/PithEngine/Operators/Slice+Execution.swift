import PithGraph

extension Slice: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let ranges = try Slice.ranges(
      starts: try inputs.tensor(1).integers ?? [], ends: try inputs.tensor(2).integers ?? [],
      axes: inputs.optional(3)?.integers, steps: inputs.optional(4)?.integers, shape: x.shape)
    var strides = Tensor.strides(of: x.shape)
    var start = 0
    for (axis, range) in ranges where range.count > 0 {
      start += range.start * strides[axis]
      // A lone element needs no step, and the step may be as large as it likes.
      strides[axis] = range.count > 1 ? strides[axis] * range.step : 0
    }
    return [x.restrided(shape, start: start, strides: strides)]
  }
}
