import PithGraph

extension DequantizeLinear: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let integers = try inputs.tensor(0).integers ?? []
    let scales = try inputs.floats(1)
    let zeros = inputs.optional(2)?.integers ?? []
    let index = try quantization.scaleIndex(shape: shape, scaleShape: try inputs.tensor(1).shape)
    return [
      Tensor(
        shape: shape,
        floats: integers.indices.map { element in
          let scale = index(element)
          return Float(integers[element] - (zeros.isEmpty ? 0 : zeros[scale])) * scales[scale]
        })
    ]
  }
}
