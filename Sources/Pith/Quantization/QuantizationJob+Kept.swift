extension QuantizationJob {
  /// Calibration is for networks in floating point, and only for these.
  func checkCalibration(_ graph: Graph, name: String) throws {
    guard graph.isQuantized else {
      guard request.calibration == nil else { return }
      throw PithFailure(
        "\(name) is in floating point, so that its ranges have to be measured: name samples with --calibrate")
    }
    let useless: [(Bool, String)] = [
      (request.calibration != nil, "--calibrate"), (request.fineTuning != nil, "--finetune"),
      (!request.settings.excluded.isEmpty, "--exclude"), (!request.settings.states.isEmpty, "--state"),
    ]
    if let (_, option) = useless.first(where: { $0.0 }) {
      throw PithFailure(
        "\(name) is quantized already, and the file's own quantization is kept: leave \(option) out, or name the network in floating point"
      )
    }
  }

  /// The network with the scales and integers of its file.
  func keep(_ graph: Graph) throws -> QuantizedModel { try QuantizedModel(keeping: graph) }
}
