import PithGraph

extension HardSigmoid: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(with: try pass.output(), by: HardSigmoidSlope(slope: alpha))
    return [gradient]
  }
}

private struct HardSigmoidSlope: PairFunction {
  let slope: Float

  func callAsFunction(_ gradient: Float, _ y: Float) -> Float {
    let inside = y < 1 ? slope * gradient : 0
    return y > 0 ? inside : 0
  }
}
