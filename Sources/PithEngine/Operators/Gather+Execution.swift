import PithGraph

extension Gather: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let data = try inputs.tensor(0)
    let axis = try Operands.axis(axis, rank: data.rank)
    let size = data.shape[axis]
    let indices = try (try inputs.tensor(1).integers ?? []).map { index in
      guard index >= -size, index < size else {
        throw GraphError("index \(index) does not exist in an axis of \(size)")
      }
      return index < 0 ? index + size : index
    }
    return [data.picking(axis: axis, count: indices.count) { indices[$0] }.reshaped(shape)]
  }
}
