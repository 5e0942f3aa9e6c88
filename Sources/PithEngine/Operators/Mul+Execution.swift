import PithGraph

extension Mul: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    [try Arithmetic.multiply.evaluate(&inputs, shape: try outputShape(inputs))]
  }
}
