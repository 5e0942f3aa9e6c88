import PithEngine
import PithGraph

extension Trainer {
  /// How good the weights are that would be the result now, on other samples.
  /// - Throws: what the data and the graph throw.
  public func evaluate(_ data: any TrainingData) throws -> EvaluationScore {
    try Trainer.evaluate(
      graph, resultWeights, objective: validationObjective, on: data
    ) { [self] done, steps in try report(.evaluating, done: done, of: steps) }
  }

  /// The loss of a graph with some weights on a data set, and how many samples it classifies right.
  /// - Parameter progress: called with batches done and in all.
  /// - Throws: what the data and the graph throw.
  public static func evaluate(
    _ graph: Graph, _ weights: Weights, objective: any TrainingObjective, on data: any TrainingData,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> EvaluationScore {
    let engine = try FloatEngine(weights.applied(to: graph))
    let batches = try data.batches(epoch: 0, from: 0)
    var (loss, samples, done) = (0.0, 0, 0)
    var correct: Int?
    while let batch = try batches.next() {
      let outputs = try engine.run(batch.inputs)
      loss += try objective.evaluate(outputs, batch).loss * Double(batch.count)
      samples += batch.count
      if let count = objective.correctCount(outputs, batch) { correct = (correct ?? 0) + count }
      done += 1
      try progress(done, data.batchCount)
    }
    return EvaluationScore(loss: loss / Double(max(1, samples)), samples: samples, correct: correct)
  }
}
