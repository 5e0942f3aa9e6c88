import PithGraph

/// (y − t)², averaged over the numbers of the first output.
///
/// The targets are the data's numbers; of data with classes, the class itself for one output, and a one among zeros for
/// several.
public struct MeanSquaredError: TrainingObjective {
  public init() {}

  public func evaluate(_ outputs: [Tensor], _ batch: TrainingBatch) throws -> ObjectiveValue {
    let rows = try outputs.firstOutput(samples: batch.count)
    let targets = try TargetRows(batch, width: rows.width, classes: rows.width > 1 ? rows.width : nil)
    let share = 1 / Double(rows.values.count)
    let result = rows.sum(targets: targets) { outputs, targets, gradient in
      var loss = 0.0
      for index in targets.indices {
        let difference = Double(outputs[index]) - targets[index]
        loss += difference * difference
        gradient[index] = Float(2 * difference * share)
      }
      return loss
    }
    return ObjectiveValue(loss: result.sum * share, gradient: result.gradient, outputs: outputs.count)
  }

  public func correctCount(_ outputs: [Tensor], _ batch: TrainingBatch) -> Int? {
    guard let output = outputs.first, batch.targets == nil, output.count > batch.count else { return nil }
    return Classification.correctCount(output, batch, threshold: 0.5)
  }
}
