/// Layers before and after, as plots and as a table.
struct LayerChanges {
  var layers: [LayerChange]
  private let names: [String]

  init(layers: [LayerChange]) {
    self.layers = layers
    names = LayerNames.shortened(layers.map(\.name), operators: layers.map(\.operators))
  }

  private typealias Row = (layer: LayerChange, name: String)

  private var rows: [Row] { Array(zip(layers, names)).map { (layer: $0, name: $1) } }

  /// The figures that there is something to show in.
  var figures: [Markup] { [channels, sparsity, multiplyAdds].compactMap(\.self) }

  private var channels: Markup? {
    let rows = rows.filter { $0.layer.before.channels != nil && $0.layer.after.channels != nil }
    guard rows.contains(where: { $0.layer.before.channels != $0.layer.after.channels }) else { return nil }
    return bars(
      "Channels by layer", rows, ticks: Ticks.counts, value: { Double($0.channels ?? 0) },
      label: { Units.grouped($0.channels ?? 0) })
  }

  private var multiplyAdds: Markup? {
    let rows = rows.filter { $0.layer.before.multiplyAdds > 0 || $0.layer.after.multiplyAdds > 0 }
    guard rows.contains(where: { $0.layer.before.multiplyAdds != $0.layer.after.multiplyAdds }) else {
      return nil
    }
    return bars(
      "Multiply-adds by layer", rows, ticks: Ticks.counts, value: { Double($0.multiplyAdds) },
      label: { Units.count($0.multiplyAdds) })
  }

  private var sparsity: Markup? {
    let rows = rows.filter { $0.layer.after.parameters > 0 }
    guard rows.contains(where: { ($0.layer.after.sparsity ?? 0) - ($0.layer.before.sparsity ?? 0) > 0.0005 })
    else { return nil }
    return bars(
      "Zeros by layer", rows, maximum: 1, ticks: { Ticks.percent(from: 0, to: $0) },
      value: { $0.sparsity ?? 0 }, label: { Units.percent($0.sparsity, 1) })
  }

  private func bars(
    _ title: String, _ all: [Row], maximum: Double? = nil, ticks: (Double) -> Ticks,
    value: (LayerChange.Size) -> Double, label: (LayerChange.Size) -> String
  ) -> Markup {
    let shown = Panels.plotted(
      all, weight: { max(value($0.layer.before), value($0.layer.after)) }, chosen: "largest")
    let largest = shown.rows.map { max(value($0.layer.before), value($0.layer.after)) }.max() ?? 0
    let limit = maximum ?? largest
    let plot = BarPlot(
      maximum: limit, ticks: ticks(limit).ticks,
      rows: shown.rows.map { layer, name in
        BarPlot.Row(
          name: name, title: layer.name, value: "\(label(layer.before)) → \(label(layer.after))",
          bars: [
            BarPlot.Bar(value: value(layer.before), kind: "before"),
            BarPlot.Bar(value: value(layer.after), kind: "after"),
          ])
      })
    return Panels.figure(title, note: shown.note, legend: Panels.beforeAndAfter, body: plot.markup)
  }

  /// - Parameter id: unique on the page.
  func table(id: String) -> Markup {
    guard !layers.isEmpty else { return "" }
    return Panels.table(
      "Layers", id: id,
      columns: [
        ("Layer", true), ("Operators", true), ("Channels", false), ("Parameters", false), ("Zeros", false),
        ("Multiply-adds", false),
      ],
      rows: layers.map(row))
  }

  private func row(_ layer: LayerChange) -> Markup {
    let channels = { (size: LayerChange.Size) in size.channels.map(Units.grouped) ?? Units.unknown }
    let zeros = { (size: LayerChange.Size) in Units.percent(size.sparsity, 1) }
    return """
      <tr><th scope="row" class="text wrap">\(Panels.breakable(layer.name))</th>\
      <td class="text wrap">\(layer.operators)</td>\
      <td>\(change(layer, channels))</td>\
      <td>\(change(layer) { Units.grouped($0.parameters) })</td>\
      <td>\(change(layer, zeros))</td>\
      <td>\(change(layer) { Units.count($0.multiplyAdds) })</td></tr>

      """
  }

  /// One figure where nothing changed, else two.
  private func change(_ layer: LayerChange, _ text: (LayerChange.Size) -> String) -> String {
    let (before, after) = (text(layer.before), text(layer.after))
    return before == after ? after : "\(before) → \(after)"
  }
}

/// What pages show of a pruning besides its layers.
enum PruningPanels {
  /// Which groups stay, and why.
  static func blocked(_ groups: [BlockedGroup]) -> Markup {
    guard !groups.isEmpty else { return "" }
    let items = groups.map { group -> Markup in
      let shown = group.layers.prefix(20).map(LayerNames.shown).joined(separator: ", ")
      let more = group.layers.count > 20 ? " and \(Units.grouped(group.layers.count - 20)) more" : ""
      return "<li><strong>\(shown)</strong>\(more): \(group.reason)</li>"
    }
    return "<section class=\"panel warn\"><h2>Could not be pruned</h2><ul>\(items)</ul></section>\n"
  }

  /// The prunings one by one, where there were several or fine-tuning followed.
  static func rounds(_ rounds: [PruningRound], id: String) -> Markup {
    guard rounds.count > 1 || rounds.contains(where: { $0.accuracyBeforeTuning != nil }) else { return "" }
    return Panels.table(
      "Rounds", id: id,
      columns: [
        ("Round", true), ("Parameters", false), ("Zeros", false), ("Multiply-adds", false),
        ("Accuracy pruned", false), ("Epochs", false), ("Accuracy tuned", false),
      ],
      rows: rounds.map { round in
        """
        <tr><th scope="row" class="text">\(round.round)</th><td>\(Units.grouped(round.figures.parameters))</td>\
        <td>\(Units.percent(round.figures.sparsity, 1))</td><td>\(Units.count(round.figures.multiplyAdds))</td>\
        <td>\(Units.percent(round.accuracyBeforeTuning))</td><td>\(Units.grouped(round.epochs))</td>\
        <td>\(Units.percent(round.accuracy))</td></tr>

        """
      })
  }
}
