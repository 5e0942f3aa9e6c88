import Foundation
import Pith

extension ProgressLine {
  /// Shows how far training is, and leaves a line for every epoch.
  var trainingEvents: TrainingEvents {
    TrainingEvents(
      stage: { self.update($0, $1, $2) },
      epoch: {
        // From its end on there is a checkpoint.
        Interruption.isResumable = true
        self.note(EpochText.line($0, of: $1))
      })
  }
}

/// An epoch as a line of text.
enum EpochText {
  static func line(_ record: EpochRecord, of total: Int) -> String {
    var parts = ["epoch \(record.epoch)/\(total)", "loss \(number(record.trainingLoss))"]
    if let accuracy = record.trainingAccuracy { parts.append("accuracy \(percent(accuracy))") }
    if let loss = record.evaluationLoss { parts.append("watched loss \(number(loss))") }
    if let accuracy = record.evaluationAccuracy { parts.append("watched accuracy \(percent(accuracy))") }
    parts.append(ProgressText.duration(record.seconds))
    return parts.joined(separator: "  ")
  }

  private static func number(_ value: Double) -> String { String(format: "%.4f", value) }
  private static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
}
