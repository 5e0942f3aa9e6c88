/// Curves over the epochs of a training. As in the other plots, places along the width are shares of it.
struct CurvePlot {
  struct Series {
    var name: String
    /// `before` or `after`, for the colour.
    var kind: String
    var points: [(x: Double, y: Double)]
  }

  var series: [Series]
  /// What the plot says to those who cannot see it.
  var description: String
  /// A dashed line to compare with.
  var mark: Double?
  var ticks: (_ low: Double, _ high: Double) -> Ticks
  var format: (Double) -> String

  private let height = 230.0
  private let top = 22.0
  private let base = 200.0
  /// In per cent of the width; the words of the vertical axis stand to the left.
  private let left = 13.0
  private let right = 98.0
  /// More points than this are lines without dots.
  private static let dotLimit = 60

  var markup: Markup {
    let all = series.flatMap(\.points)
    let values = all.map(\.y) + (mark.map { [$0] } ?? [])
    guard let low = values.min(), let high = values.max(), let first = all.map(\.x).min(),
      let last = all.map(\.x).max()
    else { return "" }
    let y = { (value: Double) in
      high > low ? base - 14 - (base - 14 - top) * (value - low) / (high - low) : (top + base) / 2
    }
    let x = { (value: Double) in
      last > first ? left + (right - left) * (value - first) / (last - first) : (left + right) / 2
    }
    let rows = ticks(low, high).ticks.map { tick in
      """
      <line class="grid" x1="0" x2="100%" y1="\(at: y(tick.value))" y2="\(at: y(tick.value))"/>\
      <text x="0" y="\(at: y(tick.value) - 4)">\(tick.label)</text>
      """ as Markup
    }
    let columns = Ticks.whole(from: first, to: last).ticks.map { tick in
      """
      <line class="base" x1="\(at: x(tick.value))%" x2="\(at: x(tick.value))%" \
      y1="\(at: base)" y2="\(at: base + 5)"/>\
      <text x="\(at: x(tick.value))%" y="\(at: base + 20)" text-anchor="middle">\(tick.label)</text>
      """ as Markup
    }
    let marked: Markup =
      mark.map {
        "<line class=\"mark\" x1=\"\(at: left)%\" x2=\"100%\" y1=\"\(at: y($0))\" y2=\"\(at: y($0))\"/>"
      } ?? ""
    return """
      <svg class="plot" width="100%" height="\(Int(height))" role="img" aria-label="\(description)">
      \(rows)
      <line class="base" x1="\(at: left)%" x2="100%" y1="\(at: base)" y2="\(at: base)"/>
      \(columns)\(marked)
      \(series.map { curve($0, x: x, y: y) })
      </svg>
      """
  }

  private func curve(_ series: Series, x: (Double) -> Double, y: (Double) -> Double) -> Markup {
    let lines = zip(series.points, series.points.dropFirst()).map { a, b in
      """
      <line class="curve" x1="\(at: x(a.x))%" y1="\(at: y(a.y))" x2="\(at: x(b.x))%" y2="\(at: y(b.y))"/>
      """ as Markup
    }
    let radius = series.points.count > Self.dotLimit ? 0.0 : series.points.count > 20 ? 2 : 3
    let dots = series.points.map { point in
      """
      <circle cx="\(at: x(point.x))%" cy="\(at: y(point.y))" r="\(at: radius)">\
      <title>\(series.name), epoch \(Units.grouped(Int(clamping: point.x))): \(format(point.y))</title></circle>
      """ as Markup
    }
    return "<svg class=\"\(series.kind)\" overflow=\"visible\">\(lines)\(radius > 0 ? dots : [])</svg>\n"
  }
}

/// The curves of a training.
struct LearningCurves {
  var epochs: [Epoch]
  /// The accuracy before the training, for comparison.
  var accuracyBefore: Double?

  /// The figures that there is something to show in.
  var figures: [Markup] { [losses, accuracies, sparsities].compactMap(\.self) }

  private func points(_ property: (Epoch) -> Double?) -> [(x: Double, y: Double)] {
    NetworkHistory.thinned(epochs).compactMap { epoch in
      property(epoch).flatMap { $0.isFinite ? (Double(epoch.epoch), $0) : nil }
    }
  }

  private func range(_ points: [(x: Double, y: Double)], _ format: (Double) -> String) -> String {
    guard let first = points.first, let last = points.last else { return "" }
    return points.count > 1 ? "\(format(first.y)) → \(format(last.y))" : format(first.y)
  }

  private var losses: Markup? {
    let training = points(\.trainingLoss)
    let evaluation = points(\.evaluationLoss)
    guard !training.isEmpty || !evaluation.isEmpty else { return nil }
    let format = { (value: Double) in Units.fixed(value, abs(value) < 0.0995 ? 4 : 3) }
    var legend: [Markup] = []
    var series: [CurvePlot.Series] = []
    if !training.isEmpty {
      series.append(.init(name: "training", kind: "before", points: training))
      legend.append("<li class=\"before\"><i></i>training \(range(training, format))</li>")
    }
    if !evaluation.isEmpty {
      series.append(.init(name: "held out", kind: "after", points: evaluation))
      legend.append("<li class=\"after\"><i></i>held out \(range(evaluation, format))</li>")
    }
    let plot = CurvePlot(
      series: series, description: "Loss by epoch: training \(range(training, format))",
      ticks: { Ticks.plain(from: $0, to: $1) }, format: format)
    return Panels.figure("Loss by epoch", note: "", legend: Markup(joining: legend), body: plot.markup)
  }

  private var accuracies: Markup? {
    let values = points(\.accuracy)
    guard !values.isEmpty else { return nil }
    let format = { (value: Double) in Units.percent(value) }
    // A line far below, as before a first training, would make one line of the curve.
    let best = values.map(\.y).max() ?? 0
    let before = accuracyBefore.flatMap { $0.isFinite && $0 >= best / 2 ? $0 : nil }
    let key: Markup = before.map { "<li class=\"line\"><i></i>before \(format($0))</li>" } ?? ""
    let plot = CurvePlot(
      series: [.init(name: "held out", kind: "after", points: values)],
      description: "Accuracy by epoch: \(range(values, format))", mark: before,
      ticks: { Ticks.percent(from: $0, to: $1) }, format: format)
    return Panels.figure(
      "Accuracy by epoch", note: "",
      legend: "<li class=\"after\"><i></i>held out \(range(values, format))</li>\(key)", body: plot.markup)
  }

  /// Only where it changes, as in gradual pruning.
  private var sparsities: Markup? {
    let values = points(\.sparsity)
    guard Set(values.map(\.y)).count > 1 else { return nil }
    let format = { (value: Double) in Units.percent(value, 1) }
    let plot = CurvePlot(
      series: [.init(name: "zeros", kind: "after", points: values)],
      description: "Share of zeros by epoch: \(range(values, format))",
      ticks: { Ticks.percent(from: $0, to: $1) }, format: format)
    return Panels.figure(
      "Zeros by epoch", note: "",
      legend: "<li class=\"after\"><i></i>share of the prunable weights \(range(values, format))</li>",
      body: plot.markup)
  }
}
