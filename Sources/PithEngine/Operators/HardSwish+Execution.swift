import PithGraph

extension HardSwish: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try mapFloats(&inputs) { $0 * VectorLoops.bounded($0 / 6 + 0.5, 0, 1) }
  }
}
