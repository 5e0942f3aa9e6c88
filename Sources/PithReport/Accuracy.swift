/// The share of samples whose largest output is at the label.
public struct Accuracy: Codable, Sendable, Hashable {
  /// `correct / samples`, from 0 to 1; 0 where there are no samples.
  public var accuracy: Double
  /// The 95 % Wilson score interval of `accuracy`.
  public var interval: WilsonInterval
  public var samples: Int
  public var correct: Int

  public init(accuracy: Double, interval: WilsonInterval, samples: Int, correct: Int) {
    self.accuracy = accuracy
    self.interval = interval
    self.samples = samples
    self.correct = correct
  }

  public init(correct: Int, samples: Int) {
    self.init(
      accuracy: samples > 0 ? Double(correct) / Double(samples) : 0,
      interval: WilsonInterval(correct: correct, samples: samples),
      samples: samples, correct: correct)
  }
}

/// The same samples through the float model and through the integer one.
public struct AccuracyComparison: Codable, Sendable, Hashable {
  public var fp32: Accuracy
  public var int8: Accuracy
  /// The accuracy of int8 minus that of fp32, in percentage points: negative is a loss.
  public var difference: Double
  /// The share of samples for which both predict the same class, from 0 to 1.
  public var agreement: Double
  /// How many samples only the float model gets right.
  public var onlyFp32Right: Int
  /// How many samples only the integer model gets right.
  public var onlyInt8Right: Int

  public init(
    fp32: Accuracy, int8: Accuracy, difference: Double, agreement: Double,
    onlyFp32Right: Int, onlyInt8Right: Int
  ) {
    self.fp32 = fp32
    self.int8 = int8
    self.difference = difference
    self.agreement = agreement
    self.onlyFp32Right = onlyFp32Right
    self.onlyInt8Right = onlyInt8Right
  }

  /// The comparison from its counts.
  ///
  /// - Parameters:
  ///   - bothRight: how many samples both models get right.
  ///   - agreeing: how many samples both give the same class, right or wrong.
  public init(samples: Int, bothRight: Int, onlyFp32Right: Int, onlyInt8Right: Int, agreeing: Int) {
    let fp32 = Accuracy(correct: bothRight + onlyFp32Right, samples: samples)
    let int8 = Accuracy(correct: bothRight + onlyInt8Right, samples: samples)
    self.init(
      fp32: fp32, int8: int8, difference: 100 * (int8.accuracy - fp32.accuracy),
      agreement: samples > 0 ? Double(agreeing) / Double(samples) : 0,
      onlyFp32Right: onlyFp32Right, onlyInt8Right: onlyInt8Right)
  }
}
