import PithGraph

extension Resize: Executable {
  /// An axis after the other: interpolation in several axes is the product of those in each.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    var x = try inputs.tensor(0)
    let axes = try resampled(
      Shape(x.shape), Operands(types: inputs.map { $0?.type }, constants: inputs))
    guard x.count > 0 || shape.contains(0) else { throw GraphError("there is nothing to resample") }
    if shape.contains(0) { return [x.restrided(shape, strides: shape.map { _ in 0 })] }
    var outside: [(axis: Int, places: Set<Int>)] = []
    for axis in axes {
      let input = x.shape[axis.index]
      if axis.scale == 1, shape[axis.index] == input, coordinates != .tfCropAndResize { continue }
      let sampling = AxisSampling(self, axis, input: input, output: shape[axis.index])
      let missing = sampling.outputs.indices.filter { sampling.outputs[$0] == nil }
      if !missing.isEmpty { outside.append((axis.index, Set(missing))) }
      x = try resampled(x, axis: axis.index, sampling)
    }
    if !outside.isEmpty {
      let places = Places(shape)
      let value = extrapolationValue
      guard x.element == .float32 else { throw GraphError("only float32 can be extrapolated") }
      x.withMutableFloats { values in
        for index in values.indices
        where outside.contains(where: { $0.places.contains(places.place(index, axis: $0.axis)) }) {
          values[index] = value
        }
      }
    }
    return [x]
  }

  private func resampled(_ x: Tensor, axis: Int, _ sampling: AxisSampling) throws -> Tensor {
    let count = sampling.outputs.count
    if mode == .nearest {
      return x.picking(axis: axis, count: count) { sampling.outputs[$0]?.first?.index ?? 0 }
    }
    guard let values = x.floats else {
      throw GraphError("\(x.element.rawValue) cannot be interpolated, only float32 can")
    }
    var shape = x.shape
    let size = shape[axis]
    shape[axis] = count
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    return Tensor.computing(shape) { output in
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        Parallelism.forEachRange(outer * count, grain: max(1, elementwiseGrain / 4 / inner)) { range in
          for row in range {
            let (matrix, position) = row.quotientAndRemainder(dividingBy: count)
            let (source, target) = (base + matrix * size * inner, output + row * inner)
            target.update(repeating: 0, count: inner)
            for (index, weight) in sampling.outputs[position] ?? [] {
              VectorLoops.accumulate(source + index * inner, times: weight, into: target, count: inner)
            }
          }
        }
      }
    }
  }
}
