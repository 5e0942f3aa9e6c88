import PithGraph

extension LeakyRelu: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try mapFloats(&inputs) { $0 < 0 ? alpha * $0 : $0 }
  }
}
