extension QuantizationJob {
  /// The network's history with this step; for a page, timed as far as its files are near.
  func history(
    _ lineage: Lineage, _ report: QuantizationReport, _ runtime: PithModel
  ) throws -> NetworkHistory {
    var history = lineage.history
    history.steps.append(NetworkHistory.Step(report))
    history.steps[history.steps.count - 1].evaluationData = request.evaluation.map {
      Lineage.shortName($0.name)
    }
    guard request.reportPath != nil else { return history }
    try StepTimer(near: [request.modelPath, request.outputPath]).time(&history, last: .init(program: runtime))
    return history
  }

  func report(
    name: String, model: QuantizedModel, program: Program, noise: SignalToNoise,
    accuracy: AccuracyComparison?,
    latency: LatencyComparison?, log: [AppliedRewrite]
  ) -> QuantizationReport {
    let samples = request.calibration.map { Swift.min(model.sampleCount, request.samples, $0.count) } ?? 0
    let counts = Dictionary(log.map { ($0.rule, 1) }, uniquingKeysWith: +)
    return QuantizationReport(
      tool: .init(name: "pith", version: Pith.version), command: request.command, model: name,
      input: .init(
        path: request.modelPath, bytes: FileSize.bytes(request.modelPath),
        format: LoadedModel.format(of: request.modelPath)),
      output: .init(path: request.outputPath, bytes: program.bytes.count),
      method: model.isKept ? QuantizationReport.keptMethod : model.settings.method.rawValue,
      samples: samples,
      options: .init(equalization: model.equalizedPairs > 0, biasCorrection: model.settings.correctsBias),
      accuracy: accuracy, latency: latency,
      memory: .init(
        arenaBytes: program.arenaBytes, weightBytes: program.weightBytes, fileBytes: program.bytes.count),
      signalToNoise: model.graph.outputs.first.flatMap { noise.decibels($0) },
      layers: LayerTable.layers(model, program, noise), warnings: warnings(model, accuracy),
      passes: counts.sorted { $0.key < $1.key }.map { .init(rule: $0.key, count: $0.value) },
      seconds: watch.stages)
  }

  /// What calibration saw at the input.
  static func inputSpan(_ model: QuantizedModel) -> ClosedRange<Float>? {
    model.graph.inputs.first.flatMap { model.activations[$0]?.range }
  }

  static func spanWarnings(_ range: ClosedRange<Float>?) -> [String] {
    guard let range, Swift.max(range.upperBound, -range.lowerBound) > 32 else { return [] }
    return [
      "inputs span \(range.lowerBound) to \(range.upperBound), and networks are usually trained on numbers near 1: check --scale, --mean and --std"
    ]
  }

  private func warnings(_ model: QuantizedModel, _ accuracy: AccuracyComparison?) -> [String] {
    var result = model.floatNodes.map {
      "'\($0.node.label)' (\($0.node.op.name)) runs in fp32: \($0.reason)"
    }
    let samples = request.calibration.map { Swift.min(model.sampleCount, request.samples, $0.count) }
    if let samples, samples < 64 {
      result.append("only \(samples) calibration samples: ranges are more certain with 256 or more")
    }
    let classes = model.graph.outputs.first.flatMap { model.graph[$0].type?.shape.dimensions.last?.size } ?? 2
    let chance = 1 / Double(Swift.max(2, classes))
    if let accuracy, accuracy.fp32.accuracy < chance + Swift.min(0.1, chance / 2) {
      result.append(
        "fp32 accuracy is hardly better than chance: check --scale, --mean and --std, and the order of the labels"
      )
    }
    return result
  }
}
