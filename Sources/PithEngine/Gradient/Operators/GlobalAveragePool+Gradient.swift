import PithGraph

extension GlobalAveragePool: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    gradient.scale(by: 1 / Float(max(1, shape[2...].reduce(1, *))))
    return [gradient.broadcast(to: shape)]
  }
}
