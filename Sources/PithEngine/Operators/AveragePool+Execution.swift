import PithGraph

extension AveragePool: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let input = Array(try inputs.tensor(0).shape.dropFirst(2))
    let pads = window.pads(for: input)
    let counts = input.indices.map { axis in
      Pooling.counts(
        window, axis: axis, input: input[axis], output: shape[axis + 2],
        pads: (pads.begin[axis], pads.end[axis]), countsPadding: countsPadding)
    }
    return try Pooling.evaluate(inputs, window, shape: shape, .average(counts: counts))
  }
}
