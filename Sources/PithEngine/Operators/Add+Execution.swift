import PithGraph

extension Add: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    var sum = try Arithmetic.add.evaluate(&inputs, shape: try outputShape(inputs))
    if let activation {
      guard sum.element == .float32 else {
        throw GraphError("the activation is for float32, but the sum is \(sum.element.rawValue)")
      }
      sum.clamp(to: ClampBounds(activation))
    }
    return [sum]
  }
}
