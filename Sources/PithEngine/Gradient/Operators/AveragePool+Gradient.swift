import PithGraph

extension AveragePool: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  /// An output's gradient is shared out evenly among the elements that it is the mean of.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    let (input, output) = (Array(shape.dropFirst(2)), Array(gradient.shape.dropFirst(2)))
    let sliding = try SlidingWindow(window, input: input, output: output)
    let divisors = divisors(input: input, output: output)
    var result = Tensor.zeros(shape)
    guard result.count > 0, gradient.count > 0 else { return [result] }
    let grain = max(1, elementwiseGrain / 4 / sliding.inputCount)
    result.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        gradient.withFloats { gradient in
          Parallelism.forEachRange(shape[0] * shape[1], grain: grain) { range in
            for map in range {
              let (to, from) = (target + map * sliding.inputCount, gradient + map * sliding.outputCount)
              for output in 0..<sliding.outputCount {
                let share = from[output] / divisors[output]
                sliding.forEachElement(of: output) { to[$0] += share }
              }
            }
          }
        }
      }
    }
    return [result]
  }

  /// What each output of a map was divided by.
  private func divisors(input: [Int], output: [Int]) -> [Float] {
    let pads = window.pads(for: input)
    return input.indices.reduce([1]) { products, axis in
      let counts = Pooling.counts(
        window, axis: axis, input: input[axis], output: output[axis],
        pads: (pads.begin[axis], pads.end[axis]), countsPadding: countsPadding)
      return products.flatMap { product in counts.map { product * $0 } }
    }
  }
}
