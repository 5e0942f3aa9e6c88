import Foundation

/// How near two lists of numbers are.
enum Closeness {
  /// The largest |a − b| / max(|b|, a hundredth of the largest |b|); infinite where the counts differ or one is not a
  /// number. Sums in another order differ by 1e-7 of their largest terms, however small they end up.
  static func relativeError(_ values: [Float], _ expected: [Float]) -> Double {
    guard values.count == expected.count else { return .infinity }
    let floor = Swift.max(1e-30, 1e-2 * Double(expected.map(abs).max() ?? 0))
    var worst = 0.0
    for (a, b) in zip(values, expected) where a != b {
      let error = abs(Double(a) - Double(b)) / Swift.max(floor, abs(Double(b)))
      worst = error.isNaN ? .infinity : Swift.max(worst, error)
    }
    return worst
  }

  /// 10 · log10(Σ b² / Σ (a − b)²) in decibels; infinite where they are equal.
  static func decibels(_ values: [Float], _ expected: [Float]) -> Double {
    guard values.count == expected.count else { return -.infinity }
    var (signal, noise) = (0.0, 0.0)
    for (a, b) in zip(values, expected) {
      signal += Double(b) * Double(b)
      noise += (Double(a) - Double(b)) * (Double(a) - Double(b))
    }
    if noise == 0 { return .infinity }
    return noise.isNaN ? -.infinity : 10 * log10(signal / noise)
  }
}
