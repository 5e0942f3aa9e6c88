import PithGraph

extension Conv: Differentiable {
  public var parameterOperands: [Int] { [1, 2] }

  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { needed[1 - $0] }, activation: activation)
  }

  public func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    TrainingOutputs(try evaluate(inputs, isTraining: context.isTraining))
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient(before: activation)
    let (inputShape, weightShape) = (try pass.inputShape(0), try pass.inputShape(1))
    let sliding = try SlidingWindow(
      window(weights: weightShape), input: Array(inputShape.dropFirst(2)),
      output: Array(gradient.shape.dropFirst(2)))
    let planar = ConvolutionShape(
      batch: inputShape[0], channels: inputShape[1], filters: weightShape[0], groups: groups, window: sliding)
    let general = ConvolutionGradient(
      batch: inputShape[0], channels: inputShape[1], filters: weightShape[0], groups: groups, window: sliding)
    var results = [Tensor?](repeating: nil, count: pass.needed.count)
    let x = pass.isNeeded(1) ? try pass.input(0) : nil
    let weights = pass.isNeeded(0) ? try pass.input(1) : nil
    let isEmpty = gradient.count == 0 || x?.count == 0
    if let planar, planar.isDepthwise, !isEmpty, x != nil || weights != nil {
      (results[0], results[1]) = try depthwise(
        gradient, x, weights, planar, sliding, inputShape: inputShape, weightShape: weightShape)
    } else {
      if let weights {
        results[0] =
          try planar.flatMap { ofInput(gradient, weights: weights, shape: inputShape, $0) }
          ?? general.ofInput(gradient, weights: weights, shape: inputShape)
      }
      if let planar, !planar.isDepthwise, planar.fillsVectors(planar.filtersPerGroup), !isEmpty {
        let found = ofParameters(gradient, x, shape: weightShape, planar, bias: pass.isNeeded(2))
        results[1] = found.weights
        if results.count > 2 { results[2] = found.bias }
      } else if let x {
        results[1] = try general.ofWeights(gradient, input: x, shape: weightShape)
      }
    }
    if pass.isNeeded(2), results[2] == nil {
      let channels = gradient.shape[1]
      let ones = Array(repeating: 1, count: gradient.rank - 2)
      results[2] = gradient.summed(to: [1, channels] + ones).reshaped([channels])
    }
    return results
  }

  /// The gradient of the input by the kernels for planes.
  /// - Returns: nil where they are not made for this shape.
  private func ofInput(
    _ gradient: Tensor, weights: Tensor, shape: [Int], _ planar: ConvolutionShape
  ) -> Tensor? {
    guard gradient.count > 0, planar.fillsVectors(planar.channelsPerGroup) else { return nil }
    return Tensor.computing(shape) { result in
      gradient.withFloats { gradient in
        weights.withFloats { weights in
          if let winograd = WinogradConvolution.inputGradient(planar) {
            winograd.run(gradient, weights: weights, to: result)
          } else {
            IndirectConvolution.inputGradient(planar).run(gradient, weights: weights, to: result)
          }
        }
      }
    }
  }

  /// The gradients of the weights, where there is an input to compute them from, and of the bias.
  private func ofParameters(
    _ gradient: Tensor, _ x: Tensor?, shape: [Int], _ planar: ConvolutionShape, bias: Bool
  ) -> (weights: Tensor?, bias: Tensor?) {
    var results: (weights: [Float], bias: [Float]) = (
      Array(repeating: 0, count: x == nil ? 0 : shape.reduce(1, *)),
      Array(repeating: 0, count: bias ? planar.filters : 0)
    )
    guard bias || x != nil else { return (nil, nil) }
    results.weights.withUnsafeMutableBufferPointer { weights in
      results.bias.withUnsafeMutableBufferPointer { biases in
        gradient.withFloats { gradient in
          let product = FilterGradient(planar)
          guard let x else { return product.run(nil, gradient, weights: nil, bias: biases.baseAddress) }
          x.withFloats { x in
            if let winograd = WinogradFilterGradient(planar), let weights = weights.baseAddress {
              winograd.run(x, gradient, weights: weights)
              if bias { product.run(nil, gradient, weights: nil, bias: biases.baseAddress) }
            } else {
              product.run(
                x, gradient, weights: weights.baseAddress, bias: bias ? biases.baseAddress : nil)
            }
          }
        }
      }
    }
    return (
      x == nil ? nil : Tensor(shape: shape, floats: results.weights),
      bias ? Tensor(shape: [planar.filters], floats: results.bias) : nil
    )
  }

  /// The gradients of the input, where there are weights to compute them from, and of the weights, where there is an
  /// input, of a convolution in which each channel has one filter.
  private func depthwise(
    _ gradient: Tensor, _ x: Tensor?, _ weights: Tensor?, _ planar: ConvolutionShape, _ window: SlidingWindow,
    inputShape: [Int], weightShape: [Int]
  ) throws -> (input: Tensor?, weights: Tensor?) {
    let product = try DepthwiseGradient(planar, window)
    var results: (input: Tensor?, weights: Tensor?)
    func lend(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> Void) {
      if let tensor { tensor.withFloats { body($0) } } else { body(nil) }
    }
    func compute(_ shape: [Int]?, _ body: (UnsafeMutablePointer<Float>?) -> Void) -> Tensor? {
      guard let shape else {
        body(nil)
        return nil
      }
      return Tensor.computing(shape) { body($0) }
    }
    results.input = compute(weights == nil ? nil : inputShape) { input in
      results.weights = compute(x == nil ? nil : weightShape) { factors in
        gradient.withFloats { gradient in
          lend(x) { x in
            lend(weights) { weights in
              product.run(x, gradient, weights: weights, input: input, factors: factors)
            }
          }
        }
      }
    }
    return results
  }
}
