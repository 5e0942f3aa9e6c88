import PithGraph

extension LeakyRelu: Differentiable {
  /// With a positive slope the output has the sign of the operand.
  public func gradientReads(needed: [Bool]) -> GradientReads {
    alpha > 0 ? GradientReads(outputs: [0]) : GradientReads(inputs: [0])
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let slope = alpha
    gradient.combine(with: alpha > 0 ? try pass.output() : try pass.input(0)) { $1 < 0 ? slope * $0 : $0 }
    return [gradient]
  }
}
