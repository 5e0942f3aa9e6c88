import PithEngine
import PithGraph

/// A loss of a graph's outputs, and its gradient with respect to parameters.
public struct LossGradient: Sendable {
  public struct Value: Sendable {
    public var loss: Double
    /// Samples classified right; nil where they have no classes.
    public var correct: Int?
    /// One for each parameter, in their order; nil where it has no influence.
    public var gradients: [Tensor?]
    /// New values of constants that are averages over batches.
    public var statistics: [(id: ValueID, value: Tensor)]
  }

  public let engine: GradientEngine
  public let objective: any TrainingObjective

  /// - Throws: `GraphError` where a gradient would have to pass an operator that has none.
  public init(_ graph: Graph, parameters: [ValueID], objective: any TrainingObjective) throws {
    engine = try GradientEngine(graph, parameters: parameters)
    self.objective = objective
  }

  /// Runs a batch forward and backward.
  /// - Parameters:
  ///   - isTraining: whether batch norm normalizes by the batch and dropout drops.
  ///   - seed: of what is random in this step.
  /// - Throws: `GraphError` where batch and graph do not fit.
  public func evaluate(
    _ batch: TrainingBatch, _ weights: Weights, isTraining: Bool = true, seed: UInt64 = 0,
    statisticsMomentum: Float = 0.1
  ) throws -> Value {
    var tape = try engine.forward(
      batch.inputs, weights, isTraining: isTraining, seed: seed, statisticsMomentum: statisticsMomentum)
    let value = try objective.evaluate(tape.outputs, batch)
    let correct = objective.correctCount(tape.outputs, batch)
    let statistics = tape.statistics
    // What is not finite would only spread.
    guard value.loss.isFinite else {
      return Value(
        loss: value.loss, correct: correct, gradients: engine.parameters.map { _ in nil },
        statistics: statistics)
    }
    let gradients = try engine.backward(&tape, outputGradients: value.gradients)
    return Value(loss: value.loss, correct: correct, gradients: gradients, statistics: statistics)
  }
}
