import Foundation

extension PruningJob {
  func report(
    _ original: Graph, _ outcome: Outcome, _ material: TrainingMaterial, _ kind: LossKind,
    before: NetworkScore?, after: NetworkScore?
  ) throws -> PruningReport {
    var figures = try NetworkFigures(of: original)
    figures.bytes = FileSize.bytes(request.modelPath)
    return PruningReport(
      tool: .init(name: "pith", version: Pith.version), command: request.command, model: name,
      input: .init(
        path: request.modelPath, bytes: FileSize.bytes(request.modelPath),
        format: LoadedModel.format(of: request.modelPath)),
      output: .init(path: request.outputPath, bytes: 0), settings: settings(kind),
      structure: request.pruning.structure.rawValue, target: target, accuracy: after?.change(from: before),
      evaluationData: request.evaluation.map { Lineage.shortName($0.name) }, before: figures,
      after: try NetworkFigures(of: outcome.graph), rounds: outcome.rounds, epochs: outcome.epochs,
      layers: try LayerChange.between(original, outcome.graph), blocked: outcome.blocked,
      warnings: warnings(outcome), seconds: watch.stages)
  }

  private func settings(_ kind: LossKind) -> [Setting] {
    let pruning = request.pruning
    var result: [Setting] = []
    if pruning.structure == .channel {
      result += [
        Setting("importance", pruning.importance.rawValue), Setting("ratios", pruning.ratios.rawValue),
      ]
      if pruning.limits.roundTo > 1 { result.append(Setting("round-to", pruning.limits.roundTo)) }
      result.append(Setting("max-ratio", pruning.limits.largestRatio))
    } else {
      result.append(Setting("importance", pruning.weightImportance.rawValue))
      result.append(Setting("scope", pruning.scope.rawValue))
    }
    result.append(Setting("schedule", Self.text(pruning.schedule)))
    if request.tunes { result += [Setting("loss", kind.rawValue)] + request.options.settings }
    if !request.augmentation.isEmpty { result.append(Setting("augment", request.augmentation.description)) }
    return result
  }

  private static func text(_ schedule: PruningSchedule) -> String {
    switch schedule {
    case .oneShot: "one-shot"
    case .iterative(let steps): "iterative, \(steps) steps"
    case .gradual(let steps): "gradual, \(steps) steps"
    }
  }

  private var target: String {
    func percent(_ share: Double) -> String { String(format: "%g %%", 100 * share) }
    switch request.pruning.target {
    case .sparsity(let share):
      if request.pruning.structure == .twoOfFour { return "two of every four weights" }
      return
        "\(percent(share)) of the \(request.pruning.structure == .channel ? "channels" : "weights") removed"
    case .multiplyAdds(let share): return "\(percent(share)) of the multiply-adds"
    case .bytes(let bytes): return "\(bytes) bytes"
    case .latency(let share): return "\(percent(share)) of the int8 latency"
    }
  }

  private func warnings(_ outcome: Outcome) -> [String] {
    var result = outcome.graph.outputWarnings(name) + outcome.warnings
    if request.evaluation == nil { result.append("without --eval nobody knows what pruning cost") }
    return result
  }

  /// Adds a warning where a budget of bytes is missed because the file's history is longer than was estimated.
  func warnedOfSize(_ report: PruningReport) -> PruningReport {
    guard case .bytes(let limit) = request.pruning.target, report.output.bytes > limit else { return report }
    var report = report
    report.warnings.append(
      "the file has \(report.output.bytes) bytes, \(report.output.bytes - limit) more than asked for: its history is long; ask for less"
    )
    return report
  }
}
