import PithGraph

extension Sigmoid: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(with: try pass.output(), by: SigmoidSlope())
    return [gradient]
  }
}

private struct SigmoidSlope: PairFunction {
  func callAsFunction(_ gradient: Float, _ y: Float) -> Float { gradient * y * (1 - y) }
}
