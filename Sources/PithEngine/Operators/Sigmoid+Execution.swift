import PithGraph

extension Sigmoid: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try mapFloats(&inputs) { VectorMath.sigmoid($0) }
  }
}
