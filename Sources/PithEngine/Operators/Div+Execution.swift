import PithGraph

extension Div: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    [try Arithmetic.divide.evaluate(&inputs, shape: try outputShape(inputs))]
  }
}
