import PithGraph

/// Weights as the integer kernels take them, before packing.
public struct QuantizedWeights: Sendable, Hashable {
  /// In the constant's own axis order, each within −127…127; networks that come quantized may have −128.
  public var values: [Int8]
  public var shape: [Int]
  /// The axis of output channels.
  public var axis: Int
  /// Reals per unit, one per output channel.
  public var scales: [Float]

  /// Weights that are integers already.
  /// - Precondition: there are as many values as the shape says, and as many scales as the axis is long.
  init(values: [Int8], shape: [Int], axis: Int, scales: [Float]) {
    precondition(Shape.elementCount(shape) == values.count && shape[axis] == scales.count)
    (self.values, self.shape, self.axis, self.scales) = (values, shape, axis, scales)
  }

  /// The elements of one output channel, in order: the offset of the first, how many runs, how long and how far apart.
  func forEachElement(of channel: Int, _ body: (Int) -> Void) {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    for o in 0..<outer {
      let start = (o * shape[axis] + channel) * inner
      for index in start..<(start + inner) { body(index) }
    }
  }

  /// The elements of one output channel that meet one input channel, where these lie together, such as a kernel's.
  private func forEachRun(of channel: Int, _ body: (Range<Int>) -> Void) {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let taps = axis < 2 && shape.count > 2 ? shape[2...].reduce(1, *) : 1
    let outer = shape[..<axis].reduce(1, *)
    for o in 0..<outer {
      let start = (o * shape[axis] + channel) * inner
      for first in stride(from: start, to: start + inner, by: taps) { body(first..<(first + taps)) }
    }
  }

  /// Symmetric quantization with one scale per output channel: the scale of a grid, near that of the channel's largest
  /// magnitude, that loses least.
  ///
  /// Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference", 2018, section 2.
  /// - Parameters:
  ///   - scales: the channels' scales, where they are known, as after training; larger weights are clamped.
  ///   - leastScales: scales that a channel may not go below, so that its accumulator fits 32 bits.
  ///   - onGrid: whether scales that are not known have to be on a `ScaleGrid`.
  /// - Throws: where a weight is not finite.
  public init(
    _ weights: Tensor, axis: Int, scales known: [Float]? = nil, leastScales: [Float] = [], onGrid: Bool = true
  ) throws {
    guard let floats = weights.floats, weights.rank > axis else {
      throw GraphError("the weights are \(weights.element.rawValue), but must be float32")
    }
    if let known, known.count != weights.shape[axis] {
      throw GraphError("\(known.count) scales do not fit \(weights.shape[axis]) output channels")
    }
    self.shape = weights.shape
    self.axis = axis
    values = Array(repeating: 0, count: floats.count)
    scales = []
    let magnitudes = try magnitudes(floats)
    scales = known ?? magnitudes.map { $0 / 127 }
    for (channel, least) in leastScales.enumerated() { scales[channel] = Swift.max(scales[channel], least) }
    // Channels of zeros may have any scale that their sums fit.
    let needed = zip(scales, magnitudes).map { $1 == 0 ? 0 : $0 }
    let grid = known == nil && onGrid ? ScaleGrid(spanning: needed) : nil
    for channel in scales.indices {
      if let grid {
        let least = channel < leastScales.count ? leastScales[channel] : 0
        scales[channel] = bestScale(floats, channel, grid.around(scales[channel], atLeast: least))
      }
      let scale = scales[channel]
      guard scale >= .leastNormalMagnitude else {
        scales[channel] = 1
        continue
      }
      var quantized: [(Int, Int8)] = []
      forEachElement(of: channel) { index in
        quantized.append((index, Int8(level(floats[index], scale))))
      }
      for (index, value) in quantized { values[index] = value }
    }
  }

  /// The scale that loses least: squares of errors, and of their sums over each kernel; of equals the first.
  private func bestScale(_ floats: [Float], _ channel: Int, _ candidates: [Float]) -> Float {
    var best: (scale: Float, loss: Float)?
    for scale in candidates {
      var squares: Float = 0
      forEachRun(of: channel) { run in
        var sum: Float = 0
        for index in run {
          let error = floats[index] / scale - level(floats[index], scale)
          squares += error * error
          sum += error
        }
        // Neighbours in an image are much alike, so that their errors add up.
        squares += sum * sum
      }
      // Relative to the first, so that no square overflows.
      let ratio = scale / candidates[0]
      let loss = squares * ratio * ratio
      if best.map({ loss < $0.loss }) ?? true { best = (scale, loss) }
    }
    return best!.scale
  }

  /// Each output channel's largest magnitude.
  /// - Throws: where a weight is not finite.
  private func magnitudes(_ floats: [Float]) throws -> [Float] {
    try (0..<shape[axis]).map { channel in
      var largest: Float = 0
      var isFinite = true
      forEachElement(of: channel) { index in
        largest = Swift.max(largest, abs(floats[index]))
        isFinite = isFinite && floats[index].isFinite
      }
      guard isFinite else {
        throw GraphError(
          "output channel \(channel) of the weights is not finite; train or export the model anew")
      }
      return largest
    }
  }

  /// An output channel's bias with −zeroPoint · Σw folded in, as the kernels take it.
  public func foldedBias(_ bias: Int32, channel: Int, zeroPoint: Int) -> Int32 {
    var sum = 0
    forEachElement(of: channel) { sum += Int(values[$0]) }
    return Int32(truncatingIfNeeded: Int(bias) - zeroPoint * sum)
  }

  /// Σ |w| of an output channel, in units.
  func magnitude(of channel: Int) -> Int {
    var sum = 0
    forEachElement(of: channel) { sum += abs(Int(values[$0])) }
    return sum
  }

  /// The level that is nearest to a real.
  private func level(_ real: Float, _ scale: Float) -> Float {
    Swift.min(127, Swift.max(-127, (real / scale).rounded(.toNearestOrEven)))
  }

  /// The real that an element means.
  public func real(_ index: Int, channel: Int) -> Float { Float(values[index]) * scales[channel] }
}
