extension QuantizationReport {
  /// The report, and the whole history of the network, as one page that needs nothing else.
  public func html() -> String {
    let history = self.history ?? NetworkHistory()
    return Page(
      title: "\(model): quantized by \(tool.name)", heading: model, lead: leadText,
      body: """
        \(cards)
        \(history.overview(anchors: history.earlierAnchors.union([history.steps.count])))
        <section id="step-\(history.steps.count)">
        \(details(id: "last"))
        </section>
        \(history.earlierSections)
        """,
      tool: tool
    ).text
  }

  /// Everything but the cards and the history.
  /// - Parameter id: what marks this section's parts on the page.
  func details(id: String) -> Markup {
    """
    \(warningsPanel)
    \(fineTuningPanel)
    <div class="pair">
    \(bytesPlot)
    \(noisePlot)
    </div>
    <div class="pair">
    \(accuracyPlot)
    \(workPanel)
    </div>
    \(layersPanel(id: id))
    \(settings)
    """
  }

  private var leadText: String {
    let layers = Units.counted(layers.count, "layer")
    let tuned = fineTuning.map { ", fine-tuned for \(Units.counted($0.epochs.count, "epoch"))" } ?? ""
    if isKept { return "\(layers), the file's own quantization kept" }
    return "\(layers), quantized after training by \(method) on \(Units.counted(samples, "sample"))\(tuned)"
  }

  // MARK: Cards

  var cards: Markup {
    Panels.cards([
      Panels.card("Size", was: Units.bytes(input.bytes), now: Units.bytes(output.bytes), sizeNote),
      accuracyCard, latencyCard, layersCard,
    ])
  }

  private var sizeNote: Markup {
    "<p>\(ratioText)</p><p>\(Units.bytes(memory.arenaBytes)) working memory at run time</p>"
  }

  private var accuracyCard: Markup {
    guard let accuracy = measuredAccuracy else {
      return Panels.card("Accuracy", was: nil, now: "not measured", "<p>Add --eval DATA to measure it.</p>")
    }
    let tone = accuracy.pairedDifference.isWithinNoise ? "" : accuracy.difference < 0 ? "low" : "good"
    return Panels.card(
      "Accuracy", was: Units.percent(accuracy.fp32.accuracy), now: Units.percent(accuracy.int8.accuracy),
      """
      <p class="\(tone)">\(Units.points(accuracy.difference)), \(accuracy.verdict)</p>\
      <p>Interval of the difference: \(accuracy.differenceRange)</p>\
      <p>int8 \(Units.range(accuracy.int8.interval)), fp32 \(Units.range(accuracy.fp32.interval))</p>\
      <p>Same class for \(Units.percent(accuracy.agreement))</p>
      """)
  }

  private var latencyCard: Markup {
    guard let latency else {
      return Panels.card("Latency", was: nil, now: "not measured", "<p>compress bench measures it.</p>")
    }
    return Panels.card(
      "Latency", was: Units.microseconds(latency.fp32.p50), now: Units.microseconds(latency.int8.p50),
      """
      <p>\(speedup.map(Units.speed) ?? Units.unknown) at the median</p>\
      <p>int8 \(Units.range(latency.int8)) \(Units.latencyUnit(latency.int8).name), 10th to 90th percentile</p>\
      <p>\(latency.isa), \(Units.counted(latency.threads, "thread"))</p>
      """)
  }

  private var layersCard: Markup {
    let share = int8Share.map { "\(Units.percent($0, 1)) of the multiply-adds run in int8" } ?? ""
    let noise = outputNoise.map { "\(Units.decibels($0)) signal to noise at the output" } ?? ""
    return Panels.card(
      "Layers in int8", was: nil, now: "\(Units.grouped(int8Count)) of \(Units.grouped(layers.count))",
      "<p>\(share)</p><p>\(noise)</p>")
  }

  // MARK: Warnings

  private var warningsPanel: Markup {
    let floats = ReasonGroup.groups(floatLayers).map { group -> Markup in
      let shown = group.names.prefix(20).joined(separator: ", ")
      let more = group.names.count > 20 ? " and \(Units.grouped(group.names.count - 20)) more" : ""
      return "<li>In float32: <strong>\(shown)</strong>\(more): \(group.reason)</li>"
    }
    let others = warnings.map { "<li>\($0)</li>" as Markup }
    return Panels.warnings(floats + others)
  }

  // MARK: Settings

  private var settings: Markup {
    let onOff = { (value: Bool) in value ? "on" : "off" }
    let pairs: [(String, String)] = [
      ("Input", "\(input.path) (\(input.format), \(Units.grouped(input.bytes)) bytes)"),
      ("Output", "\(output.path) (\(Units.grouped(output.bytes)) bytes)"),
      ("Ranges", isKept ? "the file's own" : "\(method), \(Units.counted(samples, "sample"))"),
      ("Equalization", onOff(options.equalization)),
      ("Bias correction", onOff(options.biasCorrection)),
      ("Memory", "\(Units.bytes(memory.weightBytes)) weights, \(Units.bytes(memory.arenaBytes)) arena"),
    ]
    return Panels.settings(command: command, pairs)
  }

  /// How the training went that knows of the rounding.
  private var fineTuningPanel: Markup {
    guard let fineTuning else { return "" }
    let curves = LearningCurves(
      epochs: fineTuning.epochs, accuracyBefore: fineTuning.accuracyBefore?.accuracy)
    var pairs = fineTuning.settings.map { ($0.name, $0.value) }
    pairs.append(("Samples", Units.grouped(fineTuning.samples)))
    if let bestEpoch = fineTuning.bestEpoch { pairs.append(("Weights of epoch", Units.grouped(bestEpoch))) }
    if let before = fineTuning.accuracyBefore {
      pairs.append(
        ("int8 without it", "\(Units.percent(before.accuracy)) \(Units.interval(before.interval))"))
    }
    return """
      \(Panels.pair(curves.figures))
      <section class="panel single"><h2>Quantization-aware training</h2>\(Panels.list(pairs))</section>
      """
  }

  private var workPanel: Markup {
    let stages = seconds.map { ($0.stage, Units.seconds($0.seconds)) }
    let rules = passes.map { ($0.rule, Units.grouped($0.count)) }
    return """
      <section class="panel"><h2>What was done</h2>\
      \(Panels.titled("Rules that applied", Panels.list(rules), rules.isEmpty))\
      \(Panels.titled("Time taken", Panels.list(stages), stages.isEmpty))</section>
      """
  }
}
