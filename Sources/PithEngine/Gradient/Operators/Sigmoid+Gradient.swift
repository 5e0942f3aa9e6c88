import PithGraph

extension Sigmoid: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(with: try pass.output()) { $0 * $1 * (1 - $1) }
    return [gradient]
  }
}
