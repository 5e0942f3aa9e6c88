/// What a page shows of a network's whole history.
extension NetworkHistory {
  /// The table of all steps and the plot of accuracy against size; nothing where there is only one step.
  /// - Parameter anchors: the number of each step that has a section of its own on the page.
  func overview(anchors: Set<Int>) -> Markup {
    guard steps.count > 1 else { return "" }
    let rows = steps.enumerated().map { row($1, number: $0 + 1, isLinked: anchors.contains($0 + 1)) }
    let data = Set(steps.compactMap { $0.accuracy == nil ? nil : $0.evaluationData })
    var note = "From the file that was read first to the last one. Intervals are at 95 %."
    if data.count > 1 {
      note += " The accuracies were measured on different data: \(data.sorted().joined(separator: ", "))."
    }
    if steps.contains(where: { $0.figures.latency != nil || $0.figures.int8Latency != nil }) {
      note += " Latencies are medians of one sample with one thread, timed in turn on this machine."
    }
    let table = Panels.table(
      "History", id: "history", note: note,
      columns: [
        ("", true), ("Step", true), ("Accuracy", false), ("File", false), ("Parameters", false),
        ("Multiply-adds", false), ("fp32 latency", false), ("int8 latency", false), ("Took", false),
      ], rows: rows)
    let plot = HistoryPlot(self)
    guard plot.points.count > 1 else { return table }
    let samples = Units.counted(plot.points.last?.accuracy.samples ?? 0, "sample")
    let omitted = plot.omitted.map(String.init).joined(separator: ", ")
    let figure = Panels.figure(
      "Accuracy against size, step by step",
      note: "The numbers are the steps above; the bars are 95 % intervals on \(samples)."
        + (omitted.isEmpty ? "" : " Far below the others, and left out: \(omitted)."),
      body: plot.markup)
    return "\(table)\n<div class=\"single\">\(figure)</div>"
  }

  private func row(_ step: Step, number: Int, isLinked: Bool) -> Markup {
    let first = steps.first?.figures
    let summary: Markup =
      isLinked ? "<a href=\"#step-\(number)\">\(step.summary)</a>" : "\(step.summary)"
    let interval: Markup = step.accuracy.map { "<br/><small>\(Units.interval($0.interval))</small>" } ?? ""
    let zeros = step.figures.sparsity.flatMap { $0 >= 0.0005 ? "\(Units.percent($0, 1)) zero" : nil }
    return """
      <tr><td class="text">\(number)</td>\
      <th scope="row" class="text wrap">\(summary)<br/><small>\(step.file)</small></th>\
      <td>\(Units.percent(step.accuracy?.accuracy))\(interval)</td>\
      <td>\(step.figures.bytes.map(Units.bytes) ?? Units.unknown)\(fraction(step.figures.bytes, first?.bytes))</td>\
      <td>\(Units.grouped(step.figures.parameters))\(small(zeros))</td>\
      <td>\(Units.count(step.figures.multiplyAdds))\
      \(fraction(step.figures.multiplyAdds, first?.multiplyAdds))</td>\
      <td>\(step.figures.latency.map { Units.microseconds($0.p50) } ?? Units.unknown)</td>\
      <td>\(step.figures.int8Latency.map { Units.microseconds($0.p50) } ?? Units.unknown)</td>\
      <td>\(step.seconds.map(Units.seconds) ?? Units.unknown)</td></tr>

      """
  }

  private func small(_ text: String?) -> Markup { text.map { "<br/><small>\($0)</small>" } ?? "" }

  /// "1/20.4": how many times smaller than the first.
  private func fraction(_ value: Int?, _ first: Int?) -> Markup {
    guard let value, let first, value > 0, first > 0, value < first else { return "" }
    return small("1/\(Units.significant(Double(first) / Double(value)))")
  }

  /// Sections with the details of the steps before the last, whose own report is the rest of the page.
  var earlierSections: Markup {
    Markup(joining: steps.indices.dropLast().map { section($0) })
  }

  /// The numbers of the steps that `earlierSections` tells of.
  var earlierAnchors: Set<Int> {
    Set(steps.indices.dropLast().filter { steps[$0].hasDetails }.map { $0 + 1 })
  }

  private func section(_ index: Int) -> Markup {
    let step = steps[index]
    guard step.hasDetails else { return "" }
    let number = index + 1
    let before = index > 0 ? steps[index - 1].accuracy?.accuracy : nil
    let curves = LearningCurves(epochs: step.epochs, accuracyBefore: before).figures
    let changes = LayerChanges(layers: step.layers)
    let settings = step.settings.map { ($0.name, $0.value) }
    let command: Markup = step.command.map { "<pre><code>\($0)</code></pre>" } ?? ""
    return """
      <section class="step" id="step-\(number)"><h2 class="step">\(number) · \(step.summary)</h2>
      \(Panels.pair(curves))
      \(Panels.pair(changes.figures))
      \(PruningPanels.blocked(step.blocked))\
      \(PruningPanels.rounds(step.rounds, id: "rounds-\(number)"))
      <section class="panel single"><h2>Settings</h2>\(command)\(Panels.list(settings))</section>
      </section>

      """
  }
}

extension NetworkHistory.Step {
  var hasDetails: Bool {
    !settings.isEmpty || !epochs.isEmpty || !layers.isEmpty || !blocked.isEmpty || !rounds.isEmpty
  }
}
