import PithGraph

extension Expand: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    pass.onlyFirst(try pass.takeGradient().summed(to: try pass.inputShape(0)))
  }
}
