import PithGraph

/// Ioffe and Szegedy, "Batch Normalization", 2015: in training by the mean and the (biased) variance of the batch, whose
/// running averages are what inference normalizes by; the variance goes into them unbiased.
extension BatchNormalization: Differentiable {
  public var parameterOperands: [Int] { [1, 2] }

  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0, 1]) }

  /// How the forward pass normalized.
  private struct Statistics: Sendable {
    /// A number per channel: the mean, and 1 / √(variance + ε).
    var means: [Float]
    var factors: [Float]
    /// Whether they are the batch's own.
    var areOfBatch: Bool
  }

  /// A map `[batch, channels, size]`.
  private struct Layout {
    let batch: Int
    let channels: Int
    let size: Int
    /// Elements of a channel.
    var count: Int { batch * size }

    init(_ shape: [Int]) {
      (batch, channels, size) = (shape[0], shape[1], shape[2...].reduce(1, *))
    }

    /// Calls `body` with each channel and where its runs of `size` elements begin, on several threads.
    func forEachChannel(_ body: (Int, StrideTo<Int>) -> Void) {
      Parallelism.forEachRange(channels, grain: max(1, elementwiseGrain / 2 / max(1, count))) { range in
        for channel in range {
          body(
            channel, stride(from: channel * size, to: batch * channels * size, by: channels * size))
        }
      }
    }
  }

  public func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    let shape = try outputShape(inputs)
    let (means, variances) = (try inputs.floats(3), try inputs.floats(4))
    guard context.isTraining, shape[0] * shape[2...].reduce(1, *) > 0 else {
      let factors = variances.map { Float(1 / (Double($0) + Double(epsilon)).squareRoot()) }
      return TrainingOutputs(
        try evaluate(consuming: &inputs),
        residual: Statistics(means: means, factors: factors, areOfBatch: false))
    }
    let (scales, biases) = (try inputs.floats(1), try inputs.floats(2))
    let x = try inputs.takeFloats(0)
    let layout = Layout(shape)
    let (batchMeans, batchVariances) = Self.statistics(x, layout)
    let statistics = Statistics(
      means: batchMeans.map { Float($0) },
      factors: batchVariances.map { Float(1 / ($0 + Double(epsilon)).squareRoot()) }, areOfBatch: true)
    let y = Self.normalized(x, layout, statistics, scales, biases)
    var averages: [Int: Tensor] = [:]
    if layout.count > 1 {
      // One element has no variance to learn from.
      let unbiased = Double(layout.count) / Double(layout.count - 1)
      let momentum = Double(context.statisticsMomentum)
      func average(_ old: [Float], _ new: [Double]) -> Tensor {
        Tensor(
          shape: [old.count], floats: zip(old, new).map { Float((1 - momentum) * Double($0) + momentum * $1) }
        )
      }
      averages = [3: average(means, batchMeans), 4: average(variances, batchVariances.map { $0 * unbiased })]
    }
    return TrainingOutputs([y], residual: statistics, statistics: averages)
  }

  /// The mean and the biased variance of each channel.
  private static func statistics(_ x: Tensor, _ layout: Layout) -> (means: [Double], variances: [Double]) {
    var means = [Double](repeating: 0, count: layout.channels)
    var variances = means
    let count = Double(layout.count)
    means.withUnsafeMutableBufferPointer { means in
      variances.withUnsafeMutableBufferPointer { variances in
        nonisolated(unsafe) let (means, variances) = (means, variances)
        x.withFloats { x in
          layout.forEachChannel { channel, runs in
            let sum = runs.reduce(0.0) { $0 + VectorLoops.sum(x + $1, count: layout.size) }
            let mean = sum / count
            let shift = Float(mean)
            let squares = runs.reduce(0.0) {
              $0 + VectorLoops.squaredDeviations(x + $1, from: shift, count: layout.size)
            }
            let error = mean - Double(shift)
            means[channel] = mean
            variances[channel] = max(0, squares / count - error * error)
          }
        }
      }
    }
    return (means, variances)
  }

  private static func normalized(
    _ x: Tensor, _ layout: Layout, _ statistics: Statistics, _ scales: [Float], _ biases: [Float]
  ) -> Tensor {
    Tensor.computing(x.shape) { y in
      x.withFloats { x in
        layout.forEachChannel { channel, runs in
          let (mean, factor) = (statistics.means[channel], statistics.factors[channel] * scales[channel])
          let bias = biases[channel]
          for start in runs {
            let (from, to) = (x + start, y + start)
            for index in 0..<layout.size { to[index] = (from[index] - mean) * factor + bias }
          }
        }
      }
    }
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    guard let statistics = pass.residual as? Statistics else {
      throw GraphError("the forward pass left no statistics")
    }
    let gradient = try pass.takeGradient()
    let layout = Layout(gradient.shape)
    let x = try pass.input(0)
    guard let scales = try pass.input(1).floats else { throw GraphError("the scale is not float32") }
    let sums = Self.sums(gradient, x, layout, statistics)
    var results = [Tensor?](repeating: nil, count: 5)
    if pass.isNeeded(0) { results[0] = Self.gradientOfMap(gradient, x, layout, statistics, scales, sums) }
    let shape = [layout.channels]
    if pass.isNeeded(1) { results[1] = Tensor(shape: shape, floats: sums.products.map { Float($0) }) }
    if pass.isNeeded(2) { results[2] = Tensor(shape: shape, floats: sums.plain.map { Float($0) }) }
    if statistics.areOfBatch { return results }
    // The recorded statistics are operands like others.
    if pass.isNeeded(3) {
      results[3] = Tensor(
        shape: shape,
        floats: shape[0] == 0
          ? [] : (0..<shape[0]).map { Float(-sums.plain[$0]) * scales[$0] * statistics.factors[$0] })
    }
    if pass.isNeeded(4) {
      results[4] = Tensor(
        shape: shape,
        floats: (0..<shape[0]).map {
          let factor = statistics.factors[$0]
          return Float(-0.5 * sums.products[$0]) * scales[$0] * factor * factor
        })
    }
    return results
  }

  /// For each channel Σ g and Σ g · x̂, where x̂ is the normalized x.
  private struct Sums {
    var plain: [Double]
    var products: [Double]
  }

  private static func sums(_ gradient: Tensor, _ x: Tensor, _ layout: Layout, _ statistics: Statistics)
    -> Sums
  {
    var sums = Sums(
      plain: Array(repeating: 0, count: layout.channels),
      products: Array(repeating: 0, count: layout.channels))
    guard layout.count > 0, layout.channels > 0 else { return sums }
    sums.plain.withUnsafeMutableBufferPointer { plain in
      sums.products.withUnsafeMutableBufferPointer { products in
        nonisolated(unsafe) let (plain, products) = (plain, products)
        gradient.withFloats { gradient in
          x.withFloats { x in
            layout.forEachChannel { channel, runs in
              var (sum, product) = (0.0, 0.0)
              for start in runs {
                sum += VectorLoops.sum(gradient + start, count: layout.size)
                product += VectorLoops.dot(
                  gradient + start, x + start, minus: statistics.means[channel], count: layout.size)
              }
              plain[channel] = sum
              products[channel] = product * Double(statistics.factors[channel])
            }
          }
        }
      }
    }
    return sums
  }

  /// In training the batch's statistics depend on x too: g − mean(g) − x̂ · mean(g · x̂), times scale / √(variance + ε).
  private static func gradientOfMap(
    _ gradient: consuming Tensor, _ x: Tensor, _ layout: Layout, _ statistics: Statistics, _ scales: [Float],
    _ sums: Sums
  ) -> Tensor {
    guard layout.count > 0, layout.channels > 0 else { return gradient }
    let count = Double(layout.count)
    gradient.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let values = buffer.baseAddress else { return }
        x.withFloats { x in
          layout.forEachChannel { channel, runs in
            let factor = scales[channel] * statistics.factors[channel]
            let mean = statistics.means[channel]
            var (slope, shift) = (Float(0), Float(0))
            if statistics.areOfBatch {
              slope = -factor * Float(sums.products[channel] / count) * statistics.factors[channel]
              shift = -factor * Float(sums.plain[channel] / count)
            }
            for start in runs {
              let (to, from) = (values + start, x + start)
              for index in 0..<layout.size {
                to[index] = to[index] * factor + ((from[index] - mean) * slope + shift)
              }
            }
          }
        }
      }
    }
    return gradient
  }
}
