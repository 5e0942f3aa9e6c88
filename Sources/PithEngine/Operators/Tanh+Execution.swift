import PithGraph

extension Tanh: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try mapFloats(&inputs) { VectorMath.hyperbolicTangent($0) }
  }
}
