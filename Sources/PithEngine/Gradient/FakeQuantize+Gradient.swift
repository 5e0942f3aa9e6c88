import PithGraph

/// Straight-through for x, learned step sizes for the scales.
///
/// A step size is a scale in units of where training began, and LSQ's update of a scale s is −lr · g · ∂L/∂s. So the
/// gradient of a step is g · ∂L/∂s / unit, and not that times unit²: gradient descent then changes the scale as in the
/// paper, and Adam, whose steps do not depend on a gradient's magnitude, by a share of itself.
extension FakeQuantize: Differentiable {
  public var parameterOperands: [Int] { learnsScale ? [0, 1] : [0] }

  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0, 1]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let (x, steps) = (try pass.inputs.tensor(0), try pass.inputs.tensor(1))
    guard let values = x.floats, let stepValues = steps.floats, let incoming = gradient.floats else {
      throw GraphError("\(Self.name) is trained in float32 only")
    }
    let scales = quantizations(steps: stepValues)
    let layout = try stretches(of: x.shape)
    return values.withUnsafeBufferPointer { values in
      incoming.withUnsafeBufferPointer { incoming in
        let sources = Sources(x: values, gradient: incoming, scales: scales, layout: layout)
        let input = pass.isNeeded(0) ? Tensor.computing(x.shape) { sources.straightThrough(to: $0) } : nil
        guard pass.isNeeded(1) else { return [input, nil] }
        let sums = sources.scaleGradients()
        let result = zip(sums, units).map { Float($0 * Double(gradientScale) / Double($1)) }
        return [input, Tensor(shape: steps.shape, floats: result)]
      }
    }
  }

  /// What the loops of the backward pass read.
  private struct Sources {
    var x: UnsafeBufferPointer<Float>
    var gradient: UnsafeBufferPointer<Float>
    var scales: [FakeQuantization]
    var layout: (outer: Int, channels: Int, inner: Int)

    func straightThrough(to target: UnsafeMutablePointer<Float>) {
      guard let x = x.baseAddress, let gradient = gradient.baseAddress else { return }
      let (outer, channels, inner) = layout
      if channels == 1 && outer == 1 {
        return Parallelism.forEachRange(inner, grain: elementwiseGrain) { range in
          let start = range.lowerBound
          scales[0].straightThrough(x + start, gradient + start, to: target + start, count: range.count)
        }
      }
      Parallelism.forEachRange(outer * channels, grain: Swift.max(1, elementwiseGrain / Swift.max(1, inner)))
      {
        for stretch in $0 {
          let start = stretch * inner
          scales[stretch % channels].straightThrough(
            x + start, gradient + start, to: target + start, count: inner)
        }
      }
    }

    /// Σ gradient · ∂y/∂s for each scale; sums of the same pieces in the same order, however many threads there are.
    func scaleGradients() -> [Double] {
      guard let x = x.baseAddress, let gradient = gradient.baseAddress else {
        return Array(repeating: 0, count: scales.count)
      }
      let (outer, channels, inner) = layout
      if channels == 1 && outer == 1 {
        let pieces = (inner + elementwiseGrain - 1) / elementwiseGrain
        return [
          Self.computed(pieces) { piece in
            let start = piece * elementwiseGrain
            return scales[0].scaleGradient(
              x + start, gradient + start, count: Swift.min(elementwiseGrain, inner - start))
          }.reduce(0, +)
        ]
      }
      return Self.computed(channels) { channel in
        var sum = 0.0
        for block in 0..<outer {
          let start = (block * channels + channel) * inner
          sum += scales[channel].scaleGradient(x + start, gradient + start, count: inner)
        }
        return sum
      }
    }

    private static func computed(_ count: Int, _ body: (Int) -> Double) -> [Double] {
      [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = buffer.baseAddress {
          Parallelism.forEach(count) { index, _ in (base + index).initialize(to: body(index)) }
        }
        initialized = count
      }
    }
  }
}
