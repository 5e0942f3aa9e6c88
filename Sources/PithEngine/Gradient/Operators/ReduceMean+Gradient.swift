import PithGraph

extension ReduceMean: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [1]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    let reduced = try axes(pass.inputs.optional(1)?.integers, rank: shape.count)
    var kept = shape
    for axis in reduced { kept[axis] = 1 }
    gradient.scale(by: 1 / Float(max(1, reduced.reduce(1) { $0 * shape[$1] })))
    return pass.onlyFirst(gradient.reshaped(kept).broadcast(to: shape))
  }
}
