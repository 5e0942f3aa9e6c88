import Foundation

/// How long each stage took.
final class Stopwatch {
  private(set) var stages: [QuantizationReport.Stage] = []

  func time<R>(_ stage: String, _ body: () throws -> R) rethrows -> R {
    let start = Date()
    let result = try body()
    stages.append(QuantizationReport.Stage(stage: stage, seconds: Date().timeIntervalSince(start)))
    return result
  }
}
