import PithGraph

extension Tanh: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(with: try pass.output(), by: TanhSlope())
    return [gradient]
  }
}

private struct TanhSlope: PairFunction {
  func callAsFunction(_ gradient: Float, _ y: Float) -> Float { gradient * (1 - y * y) }
}
