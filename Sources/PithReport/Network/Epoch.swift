/// One pass over the training data, as a point of a learning curve.
public struct Epoch: Codable, Sendable, Hashable {
  /// From 1, over the whole command: the second round of an iterative pruning goes on counting.
  public var epoch: Int
  /// The mean of the objective over the epoch's batches; `nil` where it is not finite.
  public var trainingLoss: Double?
  /// The mean of the loss on the held-out data.
  public var evaluationLoss: Double?
  /// On the held-out data, from 0 to 1.
  public var accuracy: Double?
  /// Of the epoch's last step.
  public var learningRate: Double?
  /// The share of the prunable weights that are zero at the epoch's end, where that changes.
  public var sparsity: Double?
  public var seconds: Double?

  public init(
    epoch: Int, trainingLoss: Double?, evaluationLoss: Double? = nil, accuracy: Double? = nil,
    learningRate: Double? = nil, sparsity: Double? = nil, seconds: Double? = nil
  ) {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    self.epoch = epoch
    self.trainingLoss = finite(trainingLoss)
    self.evaluationLoss = finite(evaluationLoss)
    self.accuracy = finite(accuracy)
    self.learningRate = finite(learningRate)
    self.sparsity = finite(sparsity)
    self.seconds = finite(seconds)
  }
}
