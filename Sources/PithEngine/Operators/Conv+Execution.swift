import PithGraph

extension Conv: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try evaluate(inputs, isTraining: false)
  }

  /// - Parameter isTraining: whether rounding errors may be somewhat larger where that saves much time.
  func evaluate(_ inputs: [Tensor?], isTraining: Bool) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (x, weights) = (try inputs.tensor(0), try inputs.tensor(1))
    let (input, factors) = (try inputs.floats(0), try inputs.floats(1))
    let bias = inputs.optional(2) == nil ? nil : try inputs.floats(2)
    let sliding = try SlidingWindow(
      window(weights: weights.shape), input: Array(x.shape.dropFirst(2)), output: Array(shape.dropFirst(2)))
    return [
      try Tensor.computing(shape) { output in
        try input.withUnsafeBufferPointer { input in
          try factors.withUnsafeBufferPointer { factors in
            try (bias ?? []).withUnsafeBufferPointer { biases in
              guard let factors = factors.baseAddress else { return }
              // An input without elements is never read, only its padding.
              let input = input.baseAddress ?? UnsafePointer(output)
              let biases = bias == nil ? nil : biases.baseAddress
              let planar = ConvolutionShape(
                batch: shape[0], channels: x.shape[1], filters: shape[1], groups: groups, window: sliding)
              if let planar, planar.channelsPerGroup > 1 || groups == 1, x.count > 0,
                planar.fillsVectors(planar.filtersPerGroup)
              {
                if isTraining, let winograd = WinogradConvolution.forward(planar) {
                  return winograd.run(
                    input, weights: factors, bias: biases, clamp: ClampBounds(activation), to: output)
                }
                return IndirectConvolution.forward(planar).run(
                  input, weights: factors, bias: biases, clamp: ClampBounds(activation), to: output)
              }
              let convolution = Convolution(
                batch: shape[0], channels: x.shape[1], filters: shape[1], groups: groups, window: sliding,
                clamp: ClampBounds(activation), input: input, weights: factors,
                bias: biases, output: output)
              try convolution.run()
            }
          }
        }
      }
    ]
  }
}
