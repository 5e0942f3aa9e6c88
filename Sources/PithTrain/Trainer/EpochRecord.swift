import PithEngine

/// What an epoch of training came to: a point on the learning curves.
public struct EpochRecord: Codable, Hashable, Sendable {
  /// From 1.
  public var epoch: Int
  /// The mean over the epoch's samples, each with the weights as they were at its step, without penalties on weights.
  public var trainingLoss: Double
  /// From 0 to 1; nil where samples have no classes.
  public var trainingAccuracy: Double?
  /// On the samples that are watched: the held-out ones, or those to evaluate on; with the averaged weights where there
  /// is an average.
  public var evaluationLoss: Double?
  public var evaluationAccuracy: Double?
  /// Of the epoch's last step.
  public var learningRate: Double
  /// How long training and evaluation took.
  public var seconds: Double

  public init(
    epoch: Int, trainingLoss: Double, trainingAccuracy: Double? = nil, evaluationLoss: Double? = nil,
    evaluationAccuracy: Double? = nil, learningRate: Double, seconds: Double
  ) {
    self.epoch = epoch
    self.trainingLoss = trainingLoss
    self.trainingAccuracy = trainingAccuracy
    self.evaluationLoss = evaluationLoss
    self.evaluationAccuracy = evaluationAccuracy
    self.learningRate = learningRate
    self.seconds = seconds
  }
}

/// A model's loss and accuracy on a data set.
public struct EvaluationScore: Codable, Hashable, Sendable {
  public var loss: Double
  public var samples: Int
  /// Nil where the samples have no classes.
  public var correct: Int?

  public init(loss: Double, samples: Int, correct: Int?) {
    self.loss = loss
    self.samples = samples
    self.correct = correct
  }

  public var accuracy: Double? { correct.map { samples > 0 ? Double($0) / Double(samples) : 0 } }
}

/// How far a run is.
public struct TrainingProgress: Sendable {
  public enum Phase: Sendable { case training, evaluating }
  public var phase: Phase
  /// From 0.
  public var epoch: Int
  public var epochs: Int
  /// Steps done in the phase, and in all.
  public var step: Int
  public var steps: Int
  /// Steps of training done since the beginning of the run, and in all.
  public var globalStep: Int
  public var totalSteps: Int
  /// The mean over the epoch until now.
  public var loss: Double
}

/// What a run gives.
public struct TrainingResult: Sendable {
  /// The trained constants: the average where one is kept, the best where training stopped early, else the last.
  public var weights: Weights
  public var history: [EpochRecord]
  /// The epoch, from 1, whose weights these are, where the best were chosen.
  public var bestEpoch: Int?
  /// Whether training ended before its last epoch because nothing got better.
  public var stoppedEarly: Bool
  /// Steps done.
  public var steps: Int
}
