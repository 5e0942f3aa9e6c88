import PithGraph

extension Relu: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    _ = try outputShapes(inputs)
    var x = try inputs.takeFloats(0)
    x.clamp(to: ClampBounds(.relu))
    return [x]
  }
}
