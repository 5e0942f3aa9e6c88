/// How well a model predicts labelled data: everything that `compress eval` tells.
public struct EvaluationReport: Report, Hashable {
  public var model: String
  /// From 0 to 1.
  public var accuracy: Double
  /// The 95 % Wilson score interval of `accuracy`.
  public var interval: WilsonInterval
  public var samples: Int
  public var correct: Int
  /// The mean cross-entropy of the outputs' softmax, in nats; `nil` where it is unknown or unbounded.
  public var loss: Double?
  public var classes: [Class]
  /// How long running the model took.
  public var seconds: Double
  public var samplesPerSecond: Double

  public init(
    model: String, correct: Int, samples: Int, loss: Double? = nil, classes: [Class] = [],
    seconds: Double
  ) {
    let accuracy = Accuracy(correct: correct, samples: samples)
    self.model = model
    self.accuracy = accuracy.accuracy
    self.interval = accuracy.interval
    self.samples = samples
    self.correct = correct
    self.loss = loss.flatMap { $0.isFinite ? $0 : nil }
    self.classes = classes
    self.seconds = seconds
    self.samplesPerSecond = seconds > 0 ? Double(samples) / seconds : 0
  }

  /// The samples of one label.
  public struct Class: Codable, Sendable, Hashable {
    public var label: String
    public var samples: Int
    /// The share of the label's samples that were predicted as it; `nil` where there are none.
    public var recall: Double?

    public init(label: String, correct: Int, samples: Int) {
      self.label = label
      self.samples = samples
      self.recall = samples > 0 ? Double(correct) / Double(samples) : nil
    }
  }
}
