/// A network's accuracy after a step, and the same samples before it where they were scored.
public struct AccuracyChange: Codable, Sendable, Hashable {
  /// `nil` where there was nothing to score, as before training from a fresh initialization.
  public var before: Accuracy?
  public var after: Accuracy
  /// The accuracy after minus that before, in percentage points: negative is a loss.
  public var difference: Double?
  /// The share of samples for which both predict the same class, from 0 to 1.
  public var agreement: Double?
  /// How many samples only the network before gets right.
  public var onlyBeforeRight: Int?
  /// How many samples only the network after gets right.
  public var onlyAfterRight: Int?

  /// An accuracy with nothing to compare it with, or with one whose single predictions are unknown.
  public init(before: Accuracy? = nil, after: Accuracy) {
    self.before = before
    self.after = after
    difference = before.map { 100 * (after.accuracy - $0.accuracy) }
  }

  /// The change from its counts.
  /// - Parameters:
  ///   - bothRight: how many samples both networks get right.
  ///   - agreeing: how many samples both give the same class, right or wrong.
  public init(samples: Int, bothRight: Int, onlyBeforeRight: Int, onlyAfterRight: Int, agreeing: Int) {
    self.init(
      before: Accuracy(correct: bothRight + onlyBeforeRight, samples: samples),
      after: Accuracy(correct: bothRight + onlyAfterRight, samples: samples))
    agreement = samples > 0 ? Double(agreeing) / Double(samples) : 0
    self.onlyBeforeRight = onlyBeforeRight
    self.onlyAfterRight = onlyAfterRight
  }

  /// The change with its 95 % interval, where both networks saw the same samples.
  public var pairedDifference: PairedDifference? {
    guard let onlyBeforeRight, let onlyAfterRight, onlyBeforeRight >= 0, onlyAfterRight >= 0 else {
      return nil
    }
    return PairedDifference(onlyFirst: onlyBeforeRight, onlySecond: onlyAfterRight, samples: after.samples)
  }
}
