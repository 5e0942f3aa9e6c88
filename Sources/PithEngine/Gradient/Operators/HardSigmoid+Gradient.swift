import PithGraph

extension HardSigmoid: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let slope = alpha
    gradient.combine(with: try pass.output()) { $1 > 0 && $1 < 1 ? slope * $0 : 0 }
    return [gradient]
  }
}
