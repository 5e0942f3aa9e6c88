import Foundation

extension DistillationJob {
  /// Everything that a report tells of.
  struct Outcome {
    var teachers: [Teacher]
    var student: StudentNetwork
    var material: TrainingMaterial
    var objective: DistillationObjective
    var result: TrainingResult
    var trained: Graph
    var scores: Scores
    var after: NetworkScore?
  }

  func report(_ outcome: Outcome) throws -> DistillationReport {
    let student = outcome.student
    let source = request.teacherPaths.first ?? ""
    let isCopy = student.path == source
    var before = try NetworkFigures(of: student.graph)
    if !isCopy { before.bytes = FileSize.bytes(student.path) }
    return DistillationReport(
      tool: .init(name: "pith", version: Pith.version), command: request.command, model: student.name,
      input: .init(
        path: student.path, bytes: FileSize.bytes(student.path),
        format: LoadedModel.format(of: student.path)),
      output: .init(path: request.outputPath, bytes: 0), settings: settings(outcome.objective),
      teachers: try zip(outcome.teachers, outcome.scores.teachers).map { teacher, score in
        var figures = try NetworkFigures(of: teacher.graph)
        figures.bytes = FileSize.bytes(teacher.path)
        return .init(path: teacher.path, figures: figures, accuracy: score?.accuracy)
      }, origin: student.origin, terms: terms(outcome.objective),
      accuracy: outcome.after?.change(from: outcome.scores.student),
      evaluationData: request.evaluation.map { Lineage.shortName($0.name) }, before: before,
      after: try NetworkFigures(of: outcome.trained),
      epochs: outcome.result.history.map { Epoch($0) },
      layers: isCopy ? try LayerChange.between(outcome.teachers[0].graph, outcome.trained) : [],
      warnings: warnings(outcome), seconds: watch.stages)
  }

  private func settings(_ objective: DistillationObjective) -> [Setting] {
    let options = request.distillation
    var result = [Setting("temperature", options.temperature), Setting("alpha", objective.alpha)]
    if case .width(let width) = request.student { result.append(Setting("width", width)) }
    result.append(Setting("init", request.initialization.rawValue))
    if !options.teacherWeights.isEmpty {
      result.append(Setting("teacher-weight", options.teacherWeights.map { "\($0)" }.joined(separator: ", ")))
    }
    result += request.options.settings
    if !request.augmentation.isEmpty { result.append(Setting("augment", request.augmentation.description)) }
    return result
  }

  private func terms(_ objective: DistillationObjective) -> [DistillationReport.Term] {
    let options = request.distillation
    var result: [DistillationReport.Term] = []
    if objective.alpha > 0 {
      result.append(
        .init(kind: "logits", detail: "at temperature \(options.temperature)", weight: objective.alpha))
    }
    if objective.alpha < 1 { result.append(.init(kind: "labels", weight: 1 - objective.alpha)) }
    result += options.features.map {
      .init(kind: "features", detail: $0.description, weight: options.featureWeight)
    }
    result += options.attention.map {
      .init(kind: "attention", detail: $0.description, weight: options.attentionWeight)
    }
    return result
  }

  private func warnings(_ outcome: Outcome) -> [String] {
    var result = outcome.student.source.outputWarnings(outcome.student.name)
    result += Set(outcome.objective.cacheSummaries.compactMap(\.problem)).sorted()
    if !request.training.hasLabels {
      result.append("\(Lineage.shortName(request.training.name)) has no labels: the teachers taught alone")
    }
    if request.evaluation == nil {
      result.append("without --eval nobody knows how good the student is")
    } else if request.evaluation?.hasLabels == false {
      result.append("the evaluation data have no labels, so that nobody knows how good the student is")
    }
    if let first = outcome.result.history.first, let last = outcome.result.history.last,
      outcome.result.history.count > 1, last.trainingLoss > first.trainingLoss
    {
      result.append("the loss did not fall: try a smaller --lr, and check --scale, --mean and --std")
    }
    return result
  }
}
