import PithGraph

extension Sub: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    [try Arithmetic.subtract.evaluate(&inputs, shape: try outputShape(inputs))]
  }
}
