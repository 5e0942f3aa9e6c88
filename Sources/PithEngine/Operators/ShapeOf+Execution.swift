import PithGraph

extension ShapeOf: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    _ = try outputShapes(inputs)
    let shape = try inputs.tensor(0).shape
    return [Tensor(ints: Array(shape[axes(rank: shape.count)]))]
  }
}
