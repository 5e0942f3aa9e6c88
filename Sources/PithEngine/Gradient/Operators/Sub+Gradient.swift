import PithGraph

extension Sub: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    var results: [Tensor?] = [nil, nil]
    if pass.isNeeded(0) { results[0] = gradient.summed(to: try pass.inputShape(0)) }
    if pass.isNeeded(1) {
      var other = (consume gradient).summed(to: try pass.inputShape(1))
      other.scale(by: -1)
      results[1] = other
    }
    return results
  }
}
