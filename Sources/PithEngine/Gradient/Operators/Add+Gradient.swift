import PithGraph

extension Add: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(activation: activation) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient(before: activation)
    return try [0, 1].map { pass.isNeeded($0) ? gradient.summed(to: try pass.inputShape($0)) : nil }
  }
}
