extension QuantizationJob {
  /// What fine-tuning leaves besides the model.
  struct Tuned {
    var report: QuantizationReport.FineTuning
    /// To be removed when the outputs are written.
    var checkpoint: Checkpoint

    /// Where the network would be better without, and by more than chance.
    func warnings(after: Accuracy?) -> [String] {
      guard let before = report.accuracyBefore, let after, after.accuracy < before.interval.lowerBound else {
        return []
      }
      func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
      return [
        "fine-tuning made the network worse, \(percent(after.accuracy)) instead of \(percent(before.accuracy)): use a smaller --lr, or leave --finetune out"
      ]
    }
  }

  /// Trains the model, where that is asked for.
  /// - Parameter simplified: the fp32 network.
  func fineTune(
    _ model: inout QuantizedModel, _ simplified: Graph, _ predictor: FloatPredictor, name: String
  ) throws -> Tuned? {
    guard let fineTuning = request.fineTuning else { return nil }
    let before = try watch.time("evaluate") { try accuracyBefore(model, name: name) }
    let tuner = QuantizationFineTuner(
      request: fineTuning, name: name, threads: request.threads, events: events)
    let outcome = try watch.time("finetune") {
      try tuner.run(model, reference: simplified, evaluation: request.evaluation)
    }
    model = outcome.model
    try watch.time("calibrate") { try measureClipping(&model, predictor) }
    return Tuned(
      report: .init(
        samples: outcome.samples, epochs: outcome.result.history.map { Epoch($0) },
        bestEpoch: outcome.result.bestEpoch, settings: outcome.settings, accuracyBefore: before),
      checkpoint: outcome.checkpoint)
  }

  /// Of the model as calibration left it, on the integer kernels.
  private func accuracyBefore(_ model: QuantizedModel, name: String) throws -> Accuracy? {
    guard let data = request.evaluation else { return nil }
    let program = try Lowering.lower(model, preference: request.preference, keepsNames: false)
    let predictor = try ProgramPredictor(
      try QuantizationJob.opened(program, name: name), name: name, threads: request.threads)
    let result = try Evaluation.run(predictor, on: data) { progress("evaluate before", $0, $1) }
    return Accuracy(correct: result.correct, samples: result.samples)
  }

  /// The ranges are other ones now, and so are the values.
  private func measureClipping(_ model: inout QuantizedModel, _ predictor: FloatPredictor) throws {
    var calibrator = try Calibrator(model.graph, wanted: Set(model.activations.keys), channelAxes: [:])
    try feed("calibrate", predictor) { tensor, _ in try calibrator.add([tensor]) }
    model.measureClipping(calibrator)
  }
}
