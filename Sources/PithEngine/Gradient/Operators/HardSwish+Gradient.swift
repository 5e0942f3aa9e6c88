import PithGraph

extension HardSwish: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(with: try pass.input(0), by: HardSwishSlope())
    return [gradient]
  }
}

private struct HardSwishSlope: PairFunction {
  func callAsFunction(_ gradient: Float, _ x: Float) -> Float {
    let inside = gradient * (x * (1 / 3) + 0.5)
    let high = x < 3 ? inside : gradient
    return x > -3 ? high : 0
  }
}
