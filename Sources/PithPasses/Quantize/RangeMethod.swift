import Foundation

/// How an activation's range is chosen from what calibration saw of it.
public enum RangeMethod: String, Sendable, Hashable, CaseIterable, Codable {
  /// The smallest and the largest value.
  case minmax
  /// What is left when one value in 10,000 is cut off at either end.
  case percentile
  /// The range that minimizes the mean square error of quantized values.
  case mse
  /// The range that loses the least information: the smallest Kullback-Leibler divergence between the distribution
  /// and its quantized form. Migacz, "8-bit Inference with TensorRT", 2017.
  case entropy

  /// The range to represent with 256 levels. Wherever it ends, it holds 0.
  public func range(of histogram: StreamingHistogram) -> ClosedRange<Float> {
    guard histogram.minimum <= histogram.maximum, histogram.reach > 0 else { return 0...0 }
    let full = Swift.min(histogram.minimum, 0)...Swift.max(histogram.maximum, 0)
    switch self {
    case .minmax: return full
    case .percentile: return Self.percentile(histogram, full, tail: 1e-4)
    case .mse: return Self.best(full, from: 0.1) { Self.squaredError(histogram, $0) }
    // Narrower ranges have too few bins for each of the 256 levels to tell what a level loses.
    case .entropy: return Self.best(full, from: 0.4) { Self.divergence(histogram, $0) }
    }
  }

  /// Cuts `tail` of the values off at either end.
  private static func percentile(
    _ histogram: StreamingHistogram, _ full: ClosedRange<Float>, tail: Double
  ) -> ClosedRange<Float> {
    let allowed = Int(Double(histogram.total) * tail)
    var (low, high) = (full.lowerBound, full.upperBound)
    var count = 0
    for bin in histogram.occupied {
      count += histogram.bins[bin]
      if count > allowed {
        low = Swift.max(low, histogram.center(bin) - histogram.binWidth / 2)
        break
      }
    }
    count = 0
    for bin in histogram.occupied.reversed() {
      count += histogram.bins[bin]
      if count > allowed {
        high = Swift.min(high, histogram.center(bin) + histogram.binWidth / 2)
        break
      }
    }
    return Swift.min(low, 0)...Swift.max(high, 0)
  }

  /// The candidate of least cost among ranges shrunk from either end and from both.
  /// - Parameter share: the smallest part of an end's distance from 0 to try.
  private static func best(
    _ full: ClosedRange<Float>, from share: Float, cost: (ClosedRange<Float>) -> Double
  ) -> ClosedRange<Float> {
    let steps = 72
    let factors = (0...steps).map { Float(1) - Float($0) / Float(steps) * (1 - share) }
    var best = full
    var least = cost(full)
    func consider(_ range: ClosedRange<Float>) {
      let value = cost(range)
      if value < least { (best, least) = (range, value) }
    }
    for factor in factors { consider(full.lowerBound * factor...full.upperBound * factor) }
    if full.lowerBound < 0, full.upperBound > 0 {
      let both = best
      for factor in factors { consider(both.lowerBound...full.upperBound * factor) }
      let upper = best
      for factor in factors { consider(full.lowerBound * factor...upper.upperBound) }
    }
    return best
  }

  /// Σ (x − quantized x)² over the histogram: rounding noise inside the range, the distance to it outside.
  private static func squaredError(_ histogram: StreamingHistogram, _ range: ClosedRange<Float>) -> Double {
    let parameters = QuantizationParameters(covering: range)
    let step = Double(parameters.scale)
    let noise = step * step / 12
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    var sum = 0.0
    for bin in histogram.occupied where histogram.bins[bin] > 0 {
      let x = Double(histogram.center(bin))
      let outside = x < low ? low - x : x > high ? x - high : 0
      sum += Double(histogram.bins[bin]) * (outside > 0 ? outside * outside : noise)
    }
    return sum
  }

  /// The divergence of the distribution clipped to the range from the same spread over 256 levels.
  private static func divergence(_ histogram: StreamingHistogram, _ range: ClosedRange<Float>) -> Double {
    let parameters = QuantizationParameters(covering: range)
    var reference = [Double](repeating: 0, count: StreamingHistogram.binCount)
    var levels = [Double](repeating: 0, count: 256)
    var support = [Int](repeating: 0, count: 256)
    var levelOfBin = [Int](repeating: -1, count: StreamingHistogram.binCount)
    let occupied = histogram.occupied
    var first = -1
    var last = -1
    for bin in occupied where range.contains(histogram.center(bin)) {
      if first < 0 { first = bin }
      last = bin
    }
    guard first >= 0 else { return .infinity }
    for bin in occupied where histogram.bins[bin] > 0 {
      let count = Double(histogram.bins[bin])
      // The distribution to match holds what was clipped; the levels do not, as in Migacz.
      reference[Swift.min(last, Swift.max(first, bin))] += count
      guard bin >= first, bin <= last else { continue }
      let level = Int(parameters.quantized(histogram.center(bin)))
      levelOfBin[bin] = level
      levels[level] += count
      support[level] += 1
    }
    let total = reference.reduce(0, +)
    let kept = levels.reduce(0, +)
    guard total > 0, kept > 0 else { return .infinity }
    var sum = 0.0
    for bin in first...last where reference[bin] > 0 {
      let p = reference[bin] / total
      let level = levelOfBin[bin]
      let q = level >= 0 ? levels[level] / Double(support[level]) / kept : 0
      sum += p * log(p / Swift.max(q, 1e-12))
    }
    return sum
  }
}
