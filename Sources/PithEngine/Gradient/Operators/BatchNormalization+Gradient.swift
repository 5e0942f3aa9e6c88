import CPithFloatKernels
import PithGraph

/// Ioffe and Szegedy, "Batch Normalization", 2015: in training by the mean and the (biased) variance of the batch, whose
/// running averages are what inference normalizes by; the variance goes into them unbiased.
extension BatchNormalization: Differentiable {
  public var parameterOperands: [Int] { [1, 2] }

  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0, 1, 2]) }

  public func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    try evaluateForTraining(consuming: &inputs, context, activation: nil)
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    try gradients(&pass, activation: nil)
  }

  /// How the forward pass normalized: a number per channel each.
  private struct Statistics: Sendable {
    var means: [Float]
    /// 1 / √(variance + ε)
    var factors: [Float]
    /// Whether they are the batch's own.
    var areOfBatch: Bool
  }

  // MARK: Forward

  /// The same with an activation behind it, for which no pass over the map of its own is needed.
  func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext, activation: Activation?
  ) throws -> TrainingOutputs {
    let shape = try outputShape(inputs)
    let (means, variances) = (try inputs.floats(3), try inputs.floats(4))
    let (scales, biases) = (try inputs.floats(1), try inputs.floats(2))
    let x = try inputs.takeFloats(0)
    guard x.count > 0 else { return TrainingOutputs([x]) }
    let maps = ChannelMaps(shape)
    var statistics = Statistics(
      means: means, factors: factors(variances.map(Double.init)), areOfBatch: false)
    var averages: [Int: Tensor] = [:]
    if context.isTraining {
      let batch = x.withFloats { maps.moments($0) }
      statistics = Statistics(
        means: batch.means.map { Float($0) }, factors: factors(batch.variances), areOfBatch: true)
      // One element has no variance to learn from.
      if maps.countPerChannel > 1 {
        let unbiased = Double(maps.countPerChannel) / Double(maps.countPerChannel - 1)
        averages[3] = Self.average(means, batch.means, context)
        averages[4] = Self.average(variances, batch.variances.map { $0 * unbiased }, context)
      }
    }
    let lines = lines(
      scales: scales, biases: biases, means: statistics.means, factors: statistics.factors, activation)
    let y = Tensor.computing(shape) { y in x.withFloats { x in maps.scale(x, by: lines, to: y) } }
    return TrainingOutputs([y], residual: statistics, statistics: averages)
  }

  private static func average(_ old: [Float], _ new: [Double], _ context: TrainingContext) -> Tensor {
    let momentum = Double(context.statisticsMomentum)
    return Tensor(
      shape: [old.count], floats: zip(old, new).map { Float((1 - momentum) * Double($0) + momentum * $1) })
  }

  // MARK: Backward

  /// The same with an activation behind it: what it clamped is seen by computing x̂ · scale + bias again.
  func gradients(_ pass: inout BackwardPass, activation: Activation?) throws -> [Tensor?] {
    var results = [Tensor?](repeating: nil, count: 5)
    let gradient = try pass.takeGradient()
    guard gradient.count > 0 else {
      for operand in 0..<5 where pass.isNeeded(operand) {
        results[operand] = .zeros(try pass.inputShape(operand))
      }
      return results
    }
    guard let statistics = pass.residual as? Statistics else {
      throw GraphError("the forward pass left no statistics")
    }
    let (x, scales, biases) = (try pass.input(0), try pass.inputs.floats(1), try pass.inputs.floats(2))
    let maps = ChannelMaps(gradient.shape)
    let lines = lines(
      scales: scales, biases: biases, means: statistics.means, factors: statistics.factors, activation)
    let (sums, products) = x.withFloats { x in
      gradient.withFloats { gradient in maps.gradientSums(x, gradient, by: lines) }
    }
    // Σ g · x̂
    let normalized = zip(products, statistics.factors).map { $0 * Double($1) }
    func vector(_ values: (Int) -> Double) -> Tensor {
      Tensor(shape: [maps.channels], floats: (0..<maps.channels).map { Float(values($0)) })
    }
    if pass.isNeeded(1) { results[1] = vector { normalized[$0] } }
    if pass.isNeeded(2) { results[2] = vector { sums[$0] } }
    if !statistics.areOfBatch {
      // The recorded statistics are operands like others.
      let factors = statistics.factors
      if pass.isNeeded(3) { results[3] = vector { -sums[$0] * Double(scales[$0] * factors[$0]) } }
      if pass.isNeeded(4) {
        results[4] = vector { -0.5 * normalized[$0] * Double(scales[$0] * factors[$0] * factors[$0]) }
      }
    }
    if pass.isNeeded(0) {
      results[0] = Self.gradientOfMap(
        gradient, x, maps, statistics, lines, sums: sums, products: normalized)
    }
    return results
  }

  /// In training the batch's statistics depend on x too: g − mean(g) − x̂ · mean(g · x̂), times scale / √(variance + ε).
  private static func gradientOfMap(
    _ gradient: consuming Tensor, _ x: Tensor, _ maps: ChannelMaps, _ statistics: Statistics,
    _ lines: [pith_float_line], sums: [Double], products: [Double]
  ) -> Tensor {
    let slopes = lines.map(\.factor)
    var (perX, all) = (slopes.map { _ in Float(0) }, slopes.map { _ in Float(0) })
    if statistics.areOfBatch {
      let count = Double(maps.countPerChannel)
      for channel in 0..<maps.channels {
        let slope = Double(slopes[channel])
        perX[channel] = Float(-slope * products[channel] / count * Double(statistics.factors[channel]))
        all[channel] = Float(-slope * sums[channel] / count)
      }
    }
    gradient.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        x.withFloats { x in
          maps.scaleGradient(x, target, by: lines, slope: slopes, perX: perX, all: all)
        }
      }
    }
    return gradient
  }
}
