import PithGraph

extension ConvInteger: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (x, weights) = (try inputs.tensor(0), try inputs.tensor(1))
    let values = try MatMulInteger.centred(x, inputs.optional(2), axis: 0)
    let factors = try MatMulInteger.centred(weights, inputs.optional(3), axis: 0)
    let window = try WindowTaps(convolution.window(weights: weights.shape), input: x.shape, output: shape)
    let (filters, channels) = (shape[1], weights.shape[1])
    let filtersPerGroup = filters / convolution.groups
    var result = [Int32](repeating: 0, count: shape.reduce(1, *))
    for image in 0..<shape[0] {
      for filter in 0..<filters {
        let first = filter / filtersPerGroup * channels
        for position in 0..<window.outputCount {
          var sum: Int32 = 0
          for channel in 0..<channels {
            let plane = (image * x.shape[1] + first + channel) * window.inputCount
            let row = (filter * channels + channel) * window.tapCount
            for tap in 0..<window.tapCount {
              // Padding is the zero point, which stands for 0.
              if let source = window.source(position, tap: tap) {
                sum &+= values[plane + source] &* factors[row + tap]
              }
            }
          }
          result[(image * filters + filter) * window.outputCount + position] = sum
        }
      }
    }
    return [Tensor(shape: shape, elements: result)]
  }
}
