import PithGraph

extension GlobalMaxPool: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try reduceRows(inputs, shape: try outputShape(inputs)) { VectorLoops.maximum($0, count: $1) }
  }
}
