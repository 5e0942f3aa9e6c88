import PithGraph

extension Relu: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try mapFloats(&inputs) { 0 > $0 ? 0 : $0 }
  }
}
