import PithGraph

extension Add: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    if inputs.allSatisfy({ $0?.shape == shape && $0?.element == .float32 }) {
      var sum = try inputs.takeFloats(0)
      sum.add(try inputs.tensor(1), clampingTo: ClampBounds(activation))
      return [sum]
    }
    var sum = try Arithmetic.add.evaluate(&inputs, shape: shape)
    if let activation {
      guard sum.element == .float32 else {
        throw GraphError("the activation is for float32, but the sum is \(sum.element.rawValue)")
      }
      sum.clamp(to: ClampBounds(activation))
    }
    return [sum]
  }
}
