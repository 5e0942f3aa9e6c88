/// How good a network is on the data to evaluate on, as reports tell it.
struct NetworkScore {
  var accuracy: Accuracy?
  var loss: Double?
  /// Each sample's prediction, where the network predicts classes.
  var evaluation: Evaluation?

  /// Scores a network as `compress eval` does, and one that predicts numbers by its loss.
  static func measure(
    _ graph: Graph, on data: DataSet, as evaluation: LoadedData, kind: LossKind, targets: TrainingTargets,
    name: String, progress: (Int, Int) -> Void
  ) throws -> NetworkScore {
    if targets == .classes {
      let predictor = try FloatPredictor(try Simplify.run(graph).graph, name: name)
      let result = try Evaluation.run(predictor, on: data, progress: progress)
      return NetworkScore(
        accuracy: Accuracy(correct: result.correct, samples: result.samples), loss: result.loss,
        evaluation: result)
    }
    let loss = try TrainingLoss(kind, for: graph, hasTargets: targets != .classes)
    let score = try Trainer.evaluate(
      loss.graph, Weights(loss.graph), objective: loss.objective, on: evaluation, progress: progress)
    return NetworkScore(
      accuracy: score.correct.map { Accuracy(correct: $0, samples: score.samples) }, loss: score.loss)
  }

  /// What changed from another network's score on the same samples.
  func change(from before: NetworkScore?) -> AccuracyChange? {
    guard let accuracy else { return nil }
    guard let before, let old = before.evaluation, let new = evaluation,
      old.labels.count == new.labels.count
    else { return AccuracyChange(before: before?.accuracy, after: accuracy) }
    let comparison = AccuracyComparison(old, new)
    return AccuracyChange(
      samples: accuracy.samples, bothRight: accuracy.correct - comparison.onlyInt8Right,
      onlyBeforeRight: comparison.onlyFp32Right, onlyAfterRight: comparison.onlyInt8Right,
      agreeing: zip(old.predictions, new.predictions).count(where: { $0 == $1 }))
  }
}
