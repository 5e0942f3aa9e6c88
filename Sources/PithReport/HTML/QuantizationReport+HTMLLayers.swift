/// What the page shows layer by layer.
extension QuantizationReport {
  /// The rows with the largest weight in the order of the layers, and what to say of those left out.
  private func plotted(
    where isCandidate: (Layer) -> Bool, without: String, weight: (Layer) -> Double, chosen: String
  ) -> (rows: [(layer: Layer, name: String)], note: String) {
    let candidates = zip(layers, shortNames).map { (layer: $0, name: $1) }.filter { isCandidate($0.layer) }
    var notes: [String] = []
    let left = layers.count - candidates.count
    if left > 0 { notes.append("\(Units.counted(left, "layer")) \(without) left out.") }
    let shown = Panels.plotted(candidates, weight: { weight($0.layer) }, chosen: chosen)
    if !shown.note.isEmpty { notes.append(shown.note) }
    return (shown.rows, notes.joined(separator: " "))
  }

  var bytesPlot: Markup {
    let shown = plotted(
      where: { $0.bytesBefore > 0 || $0.bytesAfter > 0 }, without: "without parameters",
      weight: { Double(max($0.bytesBefore, $0.bytesAfter)) }, chosen: "largest")
    guard !shown.rows.isEmpty else {
      return Panels.figure("Bytes by layer", note: "No layer has parameters.", legend: "", body: "")
    }
    let maximum = Double(shown.rows.map { max($0.layer.bytesBefore, $0.layer.bytesAfter) }.max() ?? 0)
    let plot = BarPlot(
      maximum: maximum, ticks: Ticks.bytes(to: maximum).ticks,
      rows: shown.rows.map { layer, name in
        BarPlot.Row(
          name: name, title: layer.name,
          value: "\(Units.bytes(layer.bytesBefore)) → \(Units.bytes(layer.bytesAfter))",
          bars: [
            BarPlot.Bar(value: Double(layer.bytesBefore), kind: "before"),
            BarPlot.Bar(value: Double(layer.bytesAfter), kind: "after"),
          ])
      })
    return Panels.figure(
      "Bytes by layer", note: shown.note,
      legend: Panels.beforeAndAfter,
      body: plot.markup)
  }

  var noisePlot: Markup {
    let shown = plotted(
      where: { $0.signalToNoise?.isFinite ?? false }, without: "without a measurement",
      weight: { -($0.signalToNoise ?? 0) }, chosen: "noisiest")
    guard !shown.rows.isEmpty else {
      return Panels.figure(
        "Signal to noise by layer", note: "No layer was measured.", legend: "", body: "")
    }
    let values = shown.rows.compactMap(\.layer.signalToNoise)
    let maximum = max(40, values.max() ?? 0)
    let plot = BarPlot(
      maximum: maximum, ticks: Ticks.decibels(to: maximum).ticks,
      rows: shown.rows.map { layer, name in
        let value = layer.signalToNoise ?? 0
        let isLow = value < Self.lowSignalToNoise
        let kind = isLow ? "lowbar" : layer.placement == .int8 ? "after" : "floatbar"
        return BarPlot.Row(
          name: name, title: layer.name, value: Units.decibels(layer.signalToNoise),
          bars: [BarPlot.Bar(value: value, kind: kind)])
      },
      mark: Self.lowSignalToNoise)
    let kinds: [(Bool, Markup)] = [
      (true, "<li class=\"after\"><i></i>int8</li>"),
      (
        shown.rows.contains { $0.layer.placement == .float32 },
        "<li class=\"floatbar\"><i></i>float32</li>"
      ),
      (
        values.contains { $0 < Self.lowSignalToNoise },
        "<li class=\"lowbar\"><i></i>error over a tenth of the signal</li>"
      ),
      (true, "<li class=\"line\"><i></i>20 dB</li>"),
    ]
    return Panels.figure(
      "Signal to noise by layer", note: "Longer is better. " + shown.note,
      legend: Markup(joining: kinds.filter(\.0).map(\.1)), body: plot.markup)
  }

  var accuracyPlot: Markup {
    guard let accuracy = measuredAccuracy else {
      return Panels.figure(
        "Accuracy against size", note: "Accuracy was not measured; add --eval DATA.", legend: "", body: "")
    }
    return Panels.figure(
      "Accuracy against size",
      note: "Accuracy over the size of the file; the bars are 95 % intervals on "
        + "\(Units.counted(accuracy.int8.samples, "sample")). Both models saw the same samples, so their "
        + "difference is known better than the bars suggest: \(accuracy.differenceRange).",
      legend: "",
      body: AccuracyPlot(accuracy: accuracy, fp32Bytes: input.bytes, int8Bytes: output.bytes).markup)
  }

  // MARK: Table

  /// - Parameter id: what marks the table on the page.
  func layersPanel(id: String) -> Markup {
    guard !layers.isEmpty else {
      return
        "<section class=\"panel single\"><h2>Layers</h2><p class=\"note\">The model has none.</p></section>"
    }
    return Panels.table(
      "Layers", id: "layers-\(id)",
      columns: [
        ("Layer", true), ("Operators", true), ("Runs in", true), ("Parameters", false),
        ("Multiply-adds", false), ("Before", false), ("After", false), ("SNR", false), ("Clipped", false),
        ("Input scale", false), ("Output scale", false), ("Zero point", false),
      ],
      rows: layers.map(row))
  }

  private func row(_ layer: Layer) -> Markup {
    let isLow = layer.signalToNoise.map { $0 < Self.lowSignalToNoise } ?? false
    let reason: Markup = layer.reason.map { "<br/><small>\($0)</small>" } ?? ""
    return """
      <tr><th scope="row" class="text wrap">\(Panels.breakable(layer.name))</th><td class="text wrap">\(layer.operators)</td>\
      <td class="text\(reason.text.isEmpty ? "" : " wrap")">\
      <span class="tag \(layer.placement.rawValue)">\(layer.placement.rawValue)</span>\(reason)</td>\
      <td>\(Units.grouped(layer.parameters))</td><td>\(Units.count(layer.multiplyAdds))</td>\
      <td>\(Units.bytes(layer.bytesBefore))</td><td>\(Units.bytes(layer.bytesAfter))</td>\
      <td class="\(isLow ? "low" : "")">\(Units.decibels(layer.signalToNoise))</td>\
      <td>\(Units.smallPercent(layer.clippedShare))</td>\
      <td>\(Units.scale(layer.inputScale))</td><td>\(Units.scale(layer.outputScale))</td>\
      <td>\(layer.outputZeroPoint.map(String.init) ?? Units.unknown)</td></tr>

      """
  }
}
