import PithEngine
import PithGraph

/// Where a run stands: what hooks see and may change, and what a checkpoint holds.
public struct TrainingState: Sendable {
  /// The constants as they are now.
  public var weights: Weights
  /// What holds for parameters; where it is set, it holds at once.
  public var constraints: [ValueID: WeightConstraint]
  /// Epochs done.
  public internal(set) var epoch = 0
  /// Steps done in this epoch.
  public internal(set) var step = 0
  /// Steps done since the beginning.
  public internal(set) var globalStep = 0
  /// Steps of the whole run.
  public let totalSteps: Int
  public let stepsPerEpoch: Int
  public internal(set) var history: [EpochRecord] = []

  /// Sums over the epoch until now.
  var lossSum = 0.0
  var sampleSum = 0
  var correctSum: Int?
  var seconds = 0.0

  init(weights: Weights, constraints: [ValueID: WeightConstraint], totalSteps: Int, stepsPerEpoch: Int) {
    self.weights = weights
    self.constraints = constraints
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// Applies the constraints to the weights: what was masked becomes zero.
  public mutating func applyConstraints() {
    for (id, constraint) in constraints {
      weights.update(id) { values in
        values.withUnsafeMutableBufferPointer { constraint.restrict(weights: $0) }
      }
    }
  }

  mutating func beginEpoch() {
    (lossSum, sampleSum, correctSum, seconds, step) = (0, 0, nil, 0, 0)
  }
}

/// What others do at points of a run.
///
/// So that a run that was interrupted goes on to the same result, what a hook changes has to follow from the state alone.
public struct TrainingHooks {
  /// Before each step.
  public var beforeStep: ((inout TrainingState) throws -> Void)?
  /// After each epoch, when its record is the history's last.
  public var afterEpoch: ((inout TrainingState) throws -> Void)?
  /// Whether an epoch counts for early stopping; nil where all do.
  public var isWatched: ((TrainingState) -> Bool)?
  /// After each step, and while evaluating.
  public var progress: ((TrainingProgress) throws -> Void)?

  public init(
    beforeStep: ((inout TrainingState) throws -> Void)? = nil,
    afterEpoch: ((inout TrainingState) throws -> Void)? = nil,
    progress: ((TrainingProgress) throws -> Void)? = nil
  ) {
    self.beforeStep = beforeStep
    self.afterEpoch = afterEpoch
    self.progress = progress
  }
}
