import PithGraph

extension ConvTranspose: Executable {
  /// The gradient of a convolution's input, with the operand in the place of the output's gradient.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (x, weights) = (try inputs.tensor(0), try inputs.tensor(1))
    _ = (try inputs.floats(0), try inputs.floats(1))
    let sliding = try SlidingWindow(
      window(weights: weights.shape), input: Array(shape.dropFirst(2)), output: Array(x.shape.dropFirst(2)))
    let convolution = ConvolutionGradient(
      batch: shape[0], channels: shape[1], filters: x.shape[1], groups: groups, window: sliding)
    let planar = ConvolutionShape(
      batch: shape[0], channels: shape[1], filters: x.shape[1], groups: groups, window: sliding)
    var result =
      try planar.flatMap { Self.evaluate(x, weights, shape, $0) }
      ?? convolution.ofInput(x, weights: weights, shape: shape)
    if inputs.optional(2) != nil { result.addChannels(try inputs.floats(2)) }
    return [result]
  }

  /// By the kernels for planes, where they are made for this shape.
  private static func evaluate(
    _ x: Tensor, _ weights: Tensor, _ shape: [Int], _ planar: ConvolutionShape
  ) -> Tensor? {
    guard x.count > 0, planar.fillsVectors(planar.channelsPerGroup) else { return nil }
    return Tensor.computing(shape) { result in
      x.withFloats { x in
        weights.withFloats { weights in
          IndirectConvolution.inputGradient(planar).run(x, weights: weights, to: result)
        }
      }
    }
  }
}

extension Tensor {
  /// Adds a number to each channel of `[N, C, …]`.
  mutating func addChannels(_ bias: [Float]) {
    let inner = shape.dropFirst(2).reduce(1, *)
    let channels = shape[1]
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress, inner > 0 else { return }
        Parallelism.forEachRange(values.count / inner, grain: max(1, elementwiseGrain / inner)) { rows in
          for row in rows {
            VectorLoops.scale(base + row * inner, count: inner, by: 1, plus: bias[row % channels])
          }
        }
      }
    }
  }
}
