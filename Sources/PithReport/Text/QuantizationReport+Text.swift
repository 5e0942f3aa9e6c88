extension QuantizationReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    writer.paragraph(summary, style: .bold)
    writer.gap()
    writer.table(comparison)
    writer.gap()
    if let accuracy = measuredAccuracy {
      writer.paragraph(
        "Accuracy changes by \(Units.points(accuracy.difference)) (95 %: \(accuracy.differenceRange)), "
          + "\(accuracy.verdict). Both models give the same class for "
          + "\(Units.percent(accuracy.agreement)); only fp32 is right on "
          + "\(Units.grouped(accuracy.onlyFp32Right)), only int8 on \(Units.grouped(accuracy.onlyInt8Right)).",
        style: accuracy.pairedDifference.isWithinNoise ? nil : accuracy.difference < 0 ? .yellow : .green)
    }
    if let latency {
      writer.paragraph(
        "Timed on \(latency.isa) with \(Units.counted(latency.threads, "thread")); "
          + "10th to 90th percentile in brackets.")
    }
    let noise = outputNoise.map { " Signal to noise at the output: \(Units.decibels($0))." } ?? ""
    writer.paragraph(
      (isKept
        ? "The file's own quantization is kept: its scales, zero points and integer weights."
        : "Ranges by \(method) on \(Units.counted(samples, "sample")); equalization "
          + "\(options.equalization ? "on" : "off"), bias correction "
          + "\(options.biasCorrection ? "on" : "off").") + noise)
    if let fineTuning {
      let before =
        fineTuning.accuracyBefore.map { "; without it int8 has \(Units.percent($0.accuracy))" } ?? ""
      writer.paragraph(
        "Fine-tuned for \(Units.counted(fineTuning.epochs.count, "epoch")) with the kernels' rounding\(before)."
      )
    }
    writer.paragraph(
      "On the device: \(Units.bytes(memory.fileBytes)) file, of which \(Units.bytes(memory.weightBytes)) "
        + "weights; \(Units.bytes(memory.arenaBytes)) working memory.")
    if !layers.isEmpty {
      writer.heading("Layers")
      writer.table(layerTable)
    }
    writer.floatLayers(floatLayers)
    writer.warnings(warnings)
    writer.gap()
    if let history, history.steps.count > 2 { history.write(to: &writer) }
    if !passes.isEmpty {
      let list = passes.map { "\($0.rule) \(Units.grouped($0.count))" }.joined(separator: ", ")
      writer.paragraph(list, label: "Passes:", style: .dim)
    }
    if !seconds.isEmpty {
      let list = seconds.map { "\($0.stage) \(Units.seconds($0.seconds))" }.joined(separator: ", ")
      let total = seconds.reduce(0) { $0 + $1.seconds }
      writer.paragraph("\(list); \(Units.seconds(total)) in all", label: "Time:", style: .dim)
    }
    return writer.text
  }

  /// One line that says it all.
  var summary: String {
    var parts = ["\(Units.bytes(input.bytes)) → \(Units.bytes(output.bytes))"]
    if let ratio { parts[0] += " (\(Units.fixed(ratio, 3)))" }
    if let accuracy = measuredAccuracy {
      parts.append("\(Units.percent(accuracy.fp32.accuracy)) → \(Units.percent(accuracy.int8.accuracy))")
    }
    if let speedup { parts.append(Units.speed(speedup)) }
    let floats = layers.count - int8Count
    parts.append(floats == 0 ? "all layers in int8" : "\(Units.counted(floats, "layer")) in float32")
    return "\(model): " + parts.joined(separator: ", ")
  }

  private var comparison: TextTable {
    var table = TextTable([
      .name("", minimum: 8), .number("fp32"), .number("int8"), .name("change", minimum: 12),
    ])
    table.add([
      "size", .init(Units.bytes(input.bytes)), .init(Units.bytes(output.bytes)), .init(ratioText),
    ])
    if let accuracy = measuredAccuracy {
      let cell = { (value: Accuracy) in
        TextTable.Cell("\(Units.percent(value.accuracy)) \(Units.interval(value.interval))")
      }
      table.add([
        "accuracy", cell(accuracy.fp32), cell(accuracy.int8), .init(Units.points(accuracy.difference)),
      ])
    }
    if let latency {
      let cell = { (value: Latency) in
        TextTable.Cell("\(Units.microseconds(value.p50)) \(Units.range(value))")
      }
      table.add([
        "latency", cell(latency.fp32), cell(latency.int8),
        .init(speedup.map(Units.speed) ?? Units.unknown),
      ])
    }
    return table
  }

  private var layerTable: TextTable {
    var table = TextTable([
      .name("layer", minimum: 20), .name("operators", minimum: 9), .name("runs in", minimum: 7),
      .number("mul-adds", dispensable: 1), .number("before"), .number("after"), .number("SNR"),
      .number("clipped", dispensable: 2),
    ])
    for (layer, name) in zip(layers, shortNames) {
      let isLow = layer.signalToNoise.map { $0 < Self.lowSignalToNoise } ?? false
      table.add([
        .init(name), .init(layer.operators),
        .init(layer.placement.rawValue, layer.placement == .float32 ? .yellow : nil),
        .init(Units.count(layer.multiplyAdds)), .init(Units.bytes(layer.bytesBefore)),
        .init(Units.bytes(layer.bytesAfter)),
        .init(Units.decibels(layer.signalToNoise), isLow ? .yellow : nil),
        .init(Units.smallPercent(layer.clippedShare)),
      ])
    }
    return table
  }
}
