import PithGraph

extension Cast: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  /// Only what stays floating-point has a gradient, and that is float32 throughout.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    guard element == .float32 else { return [nil] }
    return [try pass.takeGradient()]
  }
}
