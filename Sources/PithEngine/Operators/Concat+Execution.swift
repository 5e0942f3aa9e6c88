import PithGraph

extension Concat: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let axis = try Operands.axis(axis, rank: shape.count)
    let strides = Tensor.strides(of: shape)
    let parts = try inputs.indices.map { try inputs.tensor($0) }
    guard let first = parts.first else { throw GraphError("there is nothing to join") }
    return [
      Tensor.moving(first.element, shape) { target in
        var start = 0
        for part in parts {
          part.withBytes { source in
            guard let base = source.baseAddress else { return }
            StridedCopy(
              sizes: part.shape, sourceStart: 0, sourceStrides: Tensor.strides(of: part.shape),
              targetStart: start * strides[axis], targetStrides: strides
            ).run(base, target, first.element.byteCount)
          }
          start += part.shape[axis]
        }
      }
    ]
  }
}
