extension NetworkReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    writer.paragraph("\(model): \(summary)", style: .bold)
    writer.gap()
    writer.table(comparison)
    writer.gap()
    writeAccuracy(to: &writer)
    if !epochs.isEmpty { writeEpochs(to: &writer) }
    if let teaching = self as? DistillationReport { teaching.writeTeachers(to: &writer) }
    if rounds.count > 1 {
      writer.heading("Rounds")
      writer.table(roundTable)
    }
    if !layers.isEmpty {
      writer.heading("Layers")
      writer.table(layerTable)
    }
    if !blocked.isEmpty {
      writer.gap()
      writer.paragraph("Could not be pruned:", style: .yellow)
      for group in blocked {
        let names = group.layers.map(LayerNames.shown).joined(separator: ", ")
        writer.paragraph("\(names): \(group.reason)", indent: 2)
      }
    }
    writer.warnings(warnings)
    writer.gap()
    if history.steps.count > 2 { history.write(to: &writer) }
    if !seconds.isEmpty {
      let list = seconds.map { "\($0.stage) \(Units.seconds($0.seconds))" }.joined(separator: ", ")
      let total = seconds.reduce(0) { $0 + $1.seconds }
      writer.paragraph("\(list); \(Units.seconds(total)) in all", label: "Time:", style: .dim)
    }
    return writer.text
  }

  private var comparison: TextTable {
    var table = TextTable([
      .name("", minimum: 8), .number("before"), .number("after"), .name("change", minimum: 8),
    ])
    func add(_ name: String, _ before: Int?, _ after: Int, _ format: (Int) -> String) {
      let ratio = before.flatMap { $0 > 0 ? Units.fixed(Double(after) / Double($0), 3) : nil }
      table.add([
        .init(name), .init(before.map(format) ?? Units.unknown), .init(format(after)),
        .init(ratio.map { $0 + " of before" } ?? ""),
      ])
    }
    if let accuracy, accuracy.after.samples > 0 {
      table.add([
        "accuracy", .init(accuracy.before.map(cell) ?? Units.unknown), .init(cell(accuracy.after)),
        .init(accuracy.difference.map(Units.points) ?? ""),
      ])
    }
    add("file", before?.bytes, after.bytes ?? output.bytes, Units.bytes)
    add("parameters", before?.parameters, after.parameters, Units.grouped)
    if let zeros = after.sparsity, zeros > 0.0005 || (before?.sparsity ?? 0) > 0.0005 {
      table.add([
        "zeros", .init(Units.percent(before?.sparsity, 1)), .init(Units.percent(zeros, 1)), "",
      ])
    }
    add("mul-adds", before?.multiplyAdds, after.multiplyAdds, Units.count)
    addLatency("fp32", before?.latency, after.latency, to: &table)
    addLatency("int8", before?.int8Latency, after.int8Latency, to: &table)
    return table
  }

  private func cell(_ accuracy: Accuracy) -> String {
    "\(Units.percent(accuracy.accuracy)) \(Units.interval(accuracy.interval))"
  }

  private func addLatency(_ name: String, _ before: Latency?, _ after: Latency?, to table: inout TextTable) {
    guard let after else { return }
    let ratio = before.flatMap { after.p50 > 0 ? Units.speed($0.p50 / after.p50) : nil }
    table.add([
      .init(name), .init(before.map { Units.microseconds($0.p50) } ?? Units.unknown),
      .init(Units.microseconds(after.p50)), .init(ratio ?? ""),
    ])
  }

  private func writeAccuracy(to writer: inout TextWriter) {
    guard let paired = accuracy?.pairedDifference, paired.samples > 0 else { return }
    let agreement = accuracy?.agreement.map {
      " Both networks give the same class for \(Units.percent($0))."
    }
    writer.paragraph(
      "Accuracy changes by \(Units.points(100 * paired.difference)) (95 %: \(paired.range)), "
        + "\(paired.verdict).\(agreement ?? "")",
      style: paired.isWithinNoise ? nil : paired.difference < 0 ? .yellow : .green)
  }

  /// The first and the last epochs; a page shows them all.
  private func writeEpochs(to writer: inout TextWriter) {
    writer.heading("Epochs")
    var table = TextTable([
      .number("epoch"), .number("loss"), .number("held-out loss", dispensable: 2), .number("accuracy"),
      .number("learning rate", dispensable: 3), .number("time", dispensable: 1),
    ])
    let shown = epochs.count > 20 ? Array(epochs.prefix(3)) + epochs.suffix(15) : epochs
    for (index, epoch) in shown.enumerated() {
      if epochs.count > 20, index == 3 { table.add(["…"]) }
      table.add([
        .init(Units.grouped(epoch.epoch)),
        .init(epoch.trainingLoss.map { Units.fixed($0, 4) } ?? Units.unknown),
        .init(epoch.evaluationLoss.map { Units.fixed($0, 4) } ?? Units.unknown),
        .init(Units.percent(epoch.accuracy)), .init(Units.scale(epoch.learningRate.map { Float($0) })),
        .init(epoch.seconds.map(Units.seconds) ?? Units.unknown),
      ])
    }
    writer.table(table)
  }

  private var roundTable: TextTable {
    var table = TextTable([
      .number("round"), .number("parameters", dispensable: 1), .number("zeros"), .number("mul-adds"),
      .number("pruned"), .number("tuned"),
    ])
    for round in rounds {
      table.add([
        .init(Units.grouped(round.round)), .init(Units.grouped(round.figures.parameters)),
        .init(Units.percent(round.figures.sparsity, 1)), .init(Units.count(round.figures.multiplyAdds)),
        .init(Units.percent(round.accuracyBeforeTuning)), .init(Units.percent(round.accuracy)),
      ])
    }
    return table
  }

  private var layerTable: TextTable {
    let names = LayerNames.shortened(layers.map(\.name), operators: layers.map(\.operators))
    var table = TextTable([
      .name("layer", minimum: 12), .name("operators", minimum: 8), .number("channels"),
      .number("parameters", dispensable: 2), .number("zeros", dispensable: 1),
      .number("mul-adds", dispensable: 3),
    ])
    func change(_ layer: LayerChange, _ text: (LayerChange.Size) -> String) -> TextTable.Cell {
      let (before, after) = (text(layer.before), text(layer.after))
      return .init(before == after ? after : "\(before) → \(after)")
    }
    for (layer, name) in zip(layers, names) {
      table.add([
        .init(name), .init(layer.operators),
        change(layer) { $0.channels.map(Units.grouped) ?? Units.unknown },
        change(layer) { Units.grouped($0.parameters) },
        .init(Units.percent(layer.after.sparsity, 1)), change(layer) { Units.count($0.multiplyAdds) },
      ])
    }
    return table
  }
}

extension DistillationReport {
  fileprivate func writeTeachers(to writer: inout TextWriter) {
    writer.gap()
    for teacher in teachers {
      let accuracy = teacher.accuracy.map { ", \(Units.percent($0.accuracy)) right" } ?? ""
      writer.paragraph(
        "\(teacher.path): \(Units.counted(teacher.figures.parameters, "parameter"))\(accuracy)",
        label: "Teacher:",
        style: .dim)
    }
    writer.paragraph(origin, label: "Student:", style: .dim)
  }
}

extension NetworkHistory {
  /// A table of the steps.
  func write(to writer: inout TextWriter) {
    writer.heading("History")
    var table = TextTable([
      .name("step", minimum: 16), .number("accuracy"), .number("file"), .number("mul-adds", dispensable: 1),
      .number("zeros", dispensable: 2), .number("fp32", dispensable: 3), .number("int8", dispensable: 3),
    ])
    for step in steps {
      table.add([
        .init(step.summary), .init(Units.percent(step.accuracy?.accuracy)),
        .init(step.figures.bytes.map(Units.bytes) ?? Units.unknown),
        .init(Units.count(step.figures.multiplyAdds)), .init(Units.percent(step.figures.sparsity, 1)),
        .init(step.figures.latency.map { Units.microseconds($0.p50) } ?? Units.unknown),
        .init(step.figures.int8Latency.map { Units.microseconds($0.p50) } ?? Units.unknown),
      ])
    }
    writer.table(table)
    writer.gap()
  }
}
