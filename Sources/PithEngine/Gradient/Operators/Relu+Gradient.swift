import PithGraph

extension Relu: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.zeroWhereClamped(try pass.output(), ClampBounds(.relu))
    return [gradient]
  }
}
