import PithGraph

extension Dropout: Executable {
  /// - Throws: `GraphError` where the training mode is on: the engine computes what a trained network does.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    if case .bool(let mode)? = inputs.optional(2)?.storage, mode.contains(true) {
      throw GraphError("Dropout is in training mode; export the model for inference")
    }
    let kept = [Bool](repeating: true, count: Shape.elementCount(shape) ?? 0)
    return [try inputs.tensor(0), Tensor(shape: shape, storage: .bool(kept))]
  }
}
