import PithGraph

/// The loops of fake quantization, over stretches of floats that share one scale.
struct FakeQuantization {
  /// Reals per level.
  var scale: Float
  /// The smallest and the largest level, counted from the zero point.
  var low: Float
  var high: Float

  /// Adding and subtracting 1.5 · 2²³ rounds a number below 2²² to the nearest integer, halves to even.
  private static let rounder: Float = 12_582_912

  /// target = round(clamp(source / scale)) · scale. NaN stays NaN.
  ///
  /// Clamping to integers before rounding is the same as after it, and keeps the number small enough to round.
  func round(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
    let (scale, low, high, rounder) = (scale, low, high, Self.rounder)
    for index in 0..<count {
      let level = VectorLoops.bounded(source[index] / scale, low, high)
      target[index] = ((level + rounder) - rounder) * scale
    }
  }

  /// The gradient of x: what comes back passes where the level was not clamped (Bengio et al., "Estimating or Propagating
  /// Gradients Through Stochastic Neurons", 2013), and 0 elsewhere.
  func straightThrough(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    let (scale, low, high) = (scale, low - 0.5, high + 0.5)
    for index in 0..<count {
      let level = x[index] / scale
      let passes = level >= low && level <= high
      target[index] = passes ? gradient[index] : 0
    }
  }

  /// Σ gradient · ∂y/∂scale, with ∂y/∂scale = round(v) − v inside the range and the clamped level outside it, where v =
  /// x / scale (Esser et al., "Learned Step Size Quantization", 2020, equation 3).
  func scaleGradient(_ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, count: Int) -> Double {
    typealias Lanes = SIMD16<Float>
    let (raw, rawGradient) = (UnsafeRawPointer(x), UnsafeRawPointer(gradient))
    let (scales, rounders) = (Lanes(repeating: scale), Lanes(repeating: Self.rounder))
    let (lows, highs) = (Lanes(repeating: low), Lanes(repeating: high))
    let (least, most) = (Lanes(repeating: low - 0.5), Lanes(repeating: high + 0.5))
    let whole = count & ~15
    var total = 0.0
    var start = 0
    while start < whole {
      let end = min(whole, start + 4096)
      var partial = Lanes.zero
      for index in stride(from: start, to: end, by: 16) {
        let v = raw.loadUnaligned(fromByteOffset: 4 &* index, as: Lanes.self) / scales
        var level = v
        level.replace(with: lows, where: v .< lows)
        level.replace(with: highs, where: v .> highs)
        level = (level + rounders) - rounders
        var inside = v
        inside.replace(with: 0, where: (v .< least) .| (v .> most))
        partial += rawGradient.loadUnaligned(fromByteOffset: 4 &* index, as: Lanes.self) * (level - inside)
      }
      total += Double(partial.sum())
      start = end
    }
    for index in whole..<count { total += Double(gradient[index] * slope(x[index])) }
    return total
  }

  /// ∂y/∂scale at one element.
  func slope(_ x: Float) -> Float {
    let v = x / scale
    let level = (VectorLoops.bounded(v, low, high) + Self.rounder) - Self.rounder
    return v < low - 0.5 || v > high + 0.5 ? level : level - v
  }
}

extension FakeQuantize {
  /// How x is cut into stretches of one scale each: `outer` times `channels` stretches of `inner` floats.
  func stretches(of shape: [Int]) throws -> (outer: Int, channels: Int, inner: Int) {
    guard let axis else { return (1, 1, shape.reduce(1, *)) }
    let index = try Operands.axis(axis, rank: shape.count)
    return (shape[..<index].reduce(1, *), shape[index], shape[(index + 1)...].reduce(1, *))
  }

  /// The loops for each scale.
  func quantizations(steps: [Float]) -> [FakeQuantization] {
    scales(steps: steps).map {
      FakeQuantization(
        scale: $0, low: Float(levels.lowerBound - zeroPoint), high: Float(levels.upperBound - zeroPoint))
    }
  }
}
