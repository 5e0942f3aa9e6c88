/// A confidence interval of the difference between two proportions on the same samples.
///
/// Only the samples that one of the two gets right and the other wrong tell them apart, so the interval is
/// much narrower than those of the two accuracies suggest. The Wald interval after half a sample is added to
/// each of the four cells: A. Agresti, Y. Min, "Simple improved confidence intervals for comparing matched
/// proportions", Statistics in Medicine 24 (2005). Its centre is drawn a little towards 0.
public struct PairedDifference: Sendable, Hashable {
  /// The share that the second gets right minus the share that the first does, from −1 to 1.
  public var difference: Double
  /// The ends of the interval, from −1 to 1.
  public var lowerBound: Double
  public var upperBound: Double
  public var samples: Int

  /// - Parameters:
  ///   - onlyFirst: how many samples only the first gets right.
  ///   - onlySecond: how many samples only the second gets right.
  ///   - z: the quantile of the standard normal distribution, 95 % unless told.
  public init(onlyFirst: Int, onlySecond: Int, samples: Int, z: Double = WilsonInterval.z95) {
    self.samples = samples
    guard samples > 0 else {
      (difference, lowerBound, upperBound) = (0, -1, 1)
      return
    }
    difference = (Double(onlySecond) - Double(onlyFirst)) / Double(samples)
    let b = Double(onlyFirst) + 0.5
    let c = Double(onlySecond) + 0.5
    let n = Double(samples) + 2
    let centre = (c - b) / n
    let spread = z * max(0, b + c - (c - b) * (c - b) / n).squareRoot() / n
    lowerBound = max(-1, centre - spread)
    upperBound = min(1, centre + spread)
  }

  /// Whether the interval holds 0: these samples cannot tell the two apart.
  public var isWithinNoise: Bool { lowerBound <= 0 && upperBound >= 0 }
}

extension AccuracyComparison {
  /// The change from fp32 to int8 with its 95 % interval.
  public var pairedDifference: PairedDifference {
    PairedDifference(onlyFirst: onlyFp32Right, onlySecond: onlyInt8Right, samples: fp32.samples)
  }

  var verdict: String { pairedDifference.verdict }

  var differenceRange: String { pairedDifference.range }
}

extension PairedDifference {
  /// What the change means, such as "within the noise of 2,000 samples".
  var verdict: String {
    let count = Units.counted(samples, "sample")
    if isWithinNoise { return "within the noise of \(count)" }
    return "\(difference < 0 ? "a loss" : "a gain") beyond the noise of \(count)"
  }

  /// The interval of the change, such as "−0.16 to +0.08 points".
  var range: String { Units.signed(100 * lowerBound) + " to " + Units.points(100 * upperBound) }
}
