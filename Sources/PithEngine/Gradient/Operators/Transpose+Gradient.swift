import PithGraph

extension Transpose: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    let strides = Tensor.strides(of: gradient.shape)
    var back = strides
    for (axis, from) in try order(rank: shape.count).enumerated() { back[from] = strides[axis] }
    return [gradient.restrided(shape, strides: back)]
  }
}
