import PithGraph

extension ReduceSum: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [1]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let shape = try pass.inputShape(0)
    let reduced = try axes(pass.inputs.optional(1)?.integers, rank: shape.count)
    let kept = shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
    return pass.onlyFirst(try pass.takeGradient().reshaped(kept).broadcast(to: shape))
  }
}
