import PithGraph

extension Slice: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [1, 2, 3, 4]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    let (start, strides) = try source(pass.inputs, shape: shape)
    return pass.onlyFirst(gradient.scattered(to: shape, start: start, strides: strides))
  }
}
