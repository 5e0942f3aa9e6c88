import PithGraph

extension Flatten: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] { try pass.reshapedGradient() }
}
