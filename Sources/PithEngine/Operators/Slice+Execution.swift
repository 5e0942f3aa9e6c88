import PithGraph

extension Slice: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let (start, strides) = try source(inputs, shape: x.shape)
    return [x.restrided(shape, start: start, strides: strides)]
  }

  /// Which element of a tensor of `shape` comes first, and by what steps the output's axes go through it.
  func source(_ inputs: [Tensor?], shape: [Int]) throws -> (start: Int, strides: [Int]) {
    let ranges = try Slice.ranges(
      starts: try inputs.tensor(1).integers ?? [], ends: try inputs.tensor(2).integers ?? [],
      axes: inputs.optional(3)?.integers, steps: inputs.optional(4)?.integers, shape: shape)
    var strides = Tensor.strides(of: shape)
    var start = 0
    for (axis, range) in ranges where range.count > 0 {
      start += range.start * strides[axis]
      // A lone element needs no step, and the step may be as large as it likes.
      strides[axis] = range.count > 1 ? strides[axis] * range.step : 0
    }
    return (start, strides)
  }
}
