import PithGraph

extension HardSigmoid: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try mapFloats(&inputs) { VectorLoops.bounded(alpha * $0 + beta, 0, 1) }
  }
}
