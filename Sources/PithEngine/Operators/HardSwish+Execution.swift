import PithGraph

extension HardSwish: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    // Near -3, x + 3 is exact where x / 6 + 1 / 2 is not.
    try mapFloats(&inputs) { $0 * (VectorLoops.bounded($0 + 3, 0, 6) / 6) }
  }
}
