import PithGraph

extension Conv: Differentiable {
  public var parameterOperands: [Int] { [1, 2] }

  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { needed[1 - $0] }, activation: activation)
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient(before: activation)
    let (inputShape, weightShape) = (try pass.inputShape(0), try pass.inputShape(1))
    var results = [Tensor?](repeating: nil, count: pass.needed.count)
    if pass.isNeeded(2) {
      let channels = gradient.shape[1]
      let ones = Array(repeating: 1, count: gradient.rank - 2)
      results[2] = gradient.summed(to: [1, channels] + ones).reshaped([channels])
    }
    let sliding = try SlidingWindow(
      window(weights: weightShape), input: Array(inputShape.dropFirst(2)),
      output: Array(gradient.shape.dropFirst(2)))
    let convolution = ConvolutionGradient(
      batch: inputShape[0], channels: inputShape[1], filters: weightShape[0], groups: groups, window: sliding)
    if pass.isNeeded(0) {
      results[0] = try convolution.ofInput(gradient, weights: try pass.input(1), shape: inputShape)
    }
    if pass.isNeeded(1) {
      results[1] = try convolution.ofWeights(gradient, input: try pass.input(0), shape: weightShape)
    }
    return results
  }
}
