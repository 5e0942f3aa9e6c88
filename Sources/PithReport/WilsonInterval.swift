/// A confidence interval of a proportion, such as the accuracy on a finite test set.
///
/// The score interval keeps its coverage near 0 and 1, where the usual ± interval collapses.
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// Journal of the American Statistical Association 22 (1927).
///
/// Encoded as an array of two numbers, `[lowerBound, upperBound]`.
public struct WilsonInterval: Sendable, Hashable {
  /// The standard normal quantile of a two-sided 95 % interval.
  public static let z95 = 1.959963984540054

  /// From 0 to 1.
  public var lowerBound: Double
  /// From 0 to 1.
  public var upperBound: Double

  public init(lowerBound: Double, upperBound: Double) {
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  /// The interval for `correct` successes in `samples` trials.
  ///
  /// Nothing is known from no samples: the interval is then all of [0, 1]. A count outside of
  /// `0...samples` is taken for the nearest in it.
  ///
  /// - Parameter z: the quantile of the standard normal distribution, 95 % unless told.
  public init(correct: Int, samples: Int, z: Double = z95) {
    guard samples > 0 else {
      self.init(lowerBound: 0, upperBound: 1)
      return
    }
    let correct = min(max(correct, 0), samples)
    let n = Double(samples)
    let p = Double(correct) / n
    let z2 = z * z
    let centre = p + z2 / (2 * n)
    let spread = z * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
    let scale = 1 / (1 + z2 / n)
    // Exact at the ends, where rounding would leave 1e-17 or step out of [0, 1].
    self.init(
      lowerBound: correct == 0 ? 0 : max(0, (centre - spread) * scale),
      upperBound: correct == samples ? 1 : min(1, (centre + spread) * scale))
  }
}

extension WilsonInterval: Codable {
  public init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    self.init(lowerBound: try list.decode(Double.self), upperBound: try list.decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(lowerBound)
    try list.encode(upperBound)
  }
}
