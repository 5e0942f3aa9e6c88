import PithGraph

extension LeakyRelu: Differentiable {
  /// With a positive slope the output has the sign of the operand.
  public func gradientReads(needed: [Bool]) -> GradientReads {
    alpha > 0 ? GradientReads(outputs: [0]) : GradientReads(inputs: [0])
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(
      with: alpha > 0 ? try pass.output() : try pass.input(0), by: LeakyReluSlope(slope: alpha))
    return [gradient]
  }
}

private struct LeakyReluSlope: PairFunction {
  let slope: Float

  func callAsFunction(_ gradient: Float, _ x: Float) -> Float { x < 0 ? slope * gradient : gradient }
}
