import PithGraph

extension Split: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shapes = try outputShapes(inputs)
    let x = try inputs.tensor(0)
    let axis = try Operands.axis(axis, rank: x.rank)
    let strides = Tensor.strides(of: x.shape)
    var start = 0
    return shapes.map { shape in
      defer { start += shape[axis] * strides[axis] }
      return x.restrided(shape, start: start, strides: strides)
    }
  }
}
