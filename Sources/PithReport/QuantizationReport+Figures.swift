/// Figures that more than one rendering shows.
extension QuantizationReport {
  var floatLayers: [(name: String, reason: String?)] {
    layers.filter { $0.placement == .float32 }.map { (LayerNames.shown($0.name), $0.reason) }
  }

  var int8Count: Int { layers.count { $0.placement == .int8 } }

  /// The share of the multiply-adds that run in integers; `nil` where there are none.
  var int8Share: Double? {
    let all = layers.saturatingSum(\.multiplyAdds)
    let integer = layers.filter { $0.placement == .int8 }.saturatingSum(\.multiplyAdds)
    return all > 0 ? Double(integer) / Double(all) : nil
  }

  /// How many times as fast the integer model is at the median; `nil` where it was not timed.
  var speedup: Double? {
    latency.flatMap { $0.int8.p50 > 0 ? $0.fp32.p50 / $0.int8.p50 : nil }
  }

  /// `nil` also where there were no samples to measure it on.
  var measuredAccuracy: AccuracyComparison? { accuracy.flatMap { $0.fp32.samples > 0 ? $0 : nil } }

  /// `nil` where there is no number to show.
  var outputNoise: Double? { signalToNoise.flatMap { $0.isFinite ? $0 : nil } }

  /// "0.253 of the input"; the ratio goes by the exact bytes.
  var ratioText: String {
    ratio.map { Units.fixed($0, 3) + " of the input" } ?? "the input has no bytes"
  }

  /// Layers under this many dB are pointed out: there the error is over a tenth of the signal.
  static let lowSignalToNoise = 20.0
}
