extension QuantizationReport {
  /// Training with the rounding of the integer kernels in the loop.
  public struct FineTuning: Codable, Sendable, Hashable {
    /// How many samples an epoch has.
    public var samples: Int
    public var epochs: [Epoch]
    /// Whose weights were kept, where not the last one's.
    public var bestEpoch: Int?
    /// The options as they were used, the defaults too; without paths of folders.
    public var settings: [Setting]
    /// Of the same network in int8 without fine-tuning, on the integer kernels.
    public var accuracyBefore: Accuracy?

    public init(
      samples: Int, epochs: [Epoch], bestEpoch: Int? = nil, settings: [Setting],
      accuracyBefore: Accuracy? = nil
    ) {
      self.samples = samples
      self.epochs = epochs
      self.bestEpoch = bestEpoch
      self.settings = settings
      self.accuracyBefore = accuracyBefore
    }
  }
}

extension NetworkHistory.Step {
  /// The step that a report of a quantization tells of.
  public init(_ report: QuantizationReport) {
    let tuned = report.fineTuning.map { ", fine-tuned for \(Units.counted($0.epochs.count, "epoch"))" } ?? ""
    var settings: [Setting] = [
      Setting("method", report.method), Setting("samples", report.samples),
      Setting("equalize", report.options.equalization ? "on" : "off"),
      Setting("bias-correction", report.options.biasCorrection ? "on" : "off"),
    ]
    settings += report.fineTuning?.settings ?? []
    self.init(
      action: .quantized, summary: "quantized to int8" + tuned,
      file: report.output.path.split(separator: "/").last.map(String.init) ?? report.output.path,
      figures: NetworkFigures(
        bytes: report.output.bytes, parameters: report.layers.saturatingSum(\.parameters),
        multiplyAdds: report.layers.saturatingSum(\.multiplyAdds), int8Latency: report.latency?.int8),
      accuracy: report.accuracy?.int8, settings: settings, epochs: report.fineTuning?.epochs ?? [],
      command: report.command,
      seconds: report.seconds.isEmpty ? nil : report.seconds.reduce(0) { $0 + $1.seconds })
  }
}
