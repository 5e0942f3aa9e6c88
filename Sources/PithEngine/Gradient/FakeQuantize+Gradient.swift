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
    var sums = [Double](repeating: 0, count: scales.count)
    let input = values.withUnsafeBufferPointer { values in
      incoming.withUnsafeBufferPointer { incoming -> Tensor? in
        let sources = GradientSources(x: values, gradient: incoming, scales: scales, layout: layout)
        guard pass.isNeeded(0) else {
          sums = sources.run(to: nil)
          return nil
        }
        return Tensor.computing(x.shape) { sums = sources.run(to: $0) }
      }
    }
    guard pass.isNeeded(1) else { return [input, nil] }
    let result = zip(sums, units).map { Float($0 * Double(gradientScale) / Double($1)) }
    return [input, Tensor(shape: steps.shape, floats: result)]
  }

  /// What the loop of the backward pass reads.
  private struct GradientSources {
    var x: UnsafeBufferPointer<Float>
    var gradient: UnsafeBufferPointer<Float>
    var scales: [FakeQuantization]
    var layout: Stretches

    /// Writes the gradient of x and sums those of the scales, the same pieces in the same order however many threads
    /// there are.
    func run(to target: UnsafeMutablePointer<Float>?) -> [Double] {
      guard let x = x.baseAddress, let gradient = gradient.baseAddress else {
        return Array(repeating: 0, count: scales.count)
      }
      func piece(_ scale: Int, _ start: Int, _ count: Int) -> Double {
        scales[scale].gradient(x + start, gradient + start, to: target.map { $0 + start }, count: count)
      }
      let (outer, channels, inner) = (layout.outer, layout.channels, layout.inner)
      guard scales.count > 1 else {
        let count = outer * inner
        let pieces = (count + elementwiseGrain - 1) / elementwiseGrain
        let sums = Self.computed(pieces) {
          piece(0, $0 * elementwiseGrain, Swift.min(elementwiseGrain, count - $0 * elementwiseGrain))
        }
        return [sums.reduce(0, +)]
      }
      return Self.computed(channels) { channel in
        (0..<outer).reduce(0.0) { $0 + piece(channel, ($1 * channels + channel) * inner, inner) }
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
