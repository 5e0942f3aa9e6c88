import Foundation

/// The accuracy of each of a network's steps against the size of its file, which is drawn by its logarithm.
struct HistoryPlot {
  struct Point {
    /// Of the step, from 1.
    var number: Int
    var bytes: Double
    var accuracy: Accuracy
  }

  var points: [Point]
  /// The numbers of the steps whose accuracy is so far below the best that all others would look alike: a network
  /// before its first training.
  private(set) var omitted: [Int] = []

  private let height = 264.0
  private let top = 44.0
  private let bottom = 196.0
  private let base = 236.0
  /// In per cent of the width; the words of the vertical axis stand to the left.
  private let left = 17.0
  private let right = 93.0

  /// The steps whose accuracy and size are known.
  init(_ history: NetworkHistory) {
    points = history.steps.enumerated().compactMap { index, step in
      guard let accuracy = step.accuracy, accuracy.samples > 0, accuracy.accuracy.isFinite,
        accuracy.interval.lowerBound.isFinite, accuracy.interval.upperBound.isFinite,
        let bytes = step.figures.bytes, bytes > 0
      else { return nil }
      return Point(number: index + 1, bytes: Double(bytes), accuracy: accuracy)
    }
    let best = points.map(\.accuracy.accuracy).max() ?? 0
    omitted = points.filter { $0.accuracy.accuracy < best / 2 }.map(\.number)
    points.removeAll { $0.accuracy.accuracy < best / 2 }
  }

  var markup: Markup {
    guard let least = points.map(\.bytes).min(), let most = points.map(\.bytes).max(),
      let low = points.map(\.accuracy.interval.lowerBound).min(),
      let high = points.map(\.accuracy.interval.upperBound).max()
    else { return "" }
    let y = { (value: Double) in
      high > low ? bottom - (bottom - top) * min(1, max(0, (value - low) / (high - low))) : (top + bottom) / 2
    }
    let x = { (bytes: Double) in
      most > least
        ? left + (right - left) * min(1, max(0, log(bytes / least) / log(most / least))) : (left + right) / 2
    }
    let rows = Ticks.percent(from: low, to: high).ticks.map { tick in
      """
      <line class="grid" x1="0" x2="100%" y1="\(at: y(tick.value))" y2="\(at: y(tick.value))"/>\
      <text x="0" y="\(at: y(tick.value) - 4)">\(tick.label)</text>
      """ as Markup
    }
    let columns = Ticks.logarithmicBytes(from: least, to: most).ticks.map { tick in
      """
      <line class="base" x1="\(at: x(tick.value))%" x2="\(at: x(tick.value))%" \
      y1="\(at: base)" y2="\(at: base + 5)"/>\
      <text x="\(at: x(tick.value))%" y="\(at: base + 20)" text-anchor="middle">\(tick.label)</text>
      """ as Markup
    }
    let path = zip(points, points.dropFirst()).map { a, b in
      """
      <line class="path" x1="\(at: x(a.bytes))%" y1="\(at: y(a.accuracy.accuracy))" \
      x2="\(at: x(b.bytes))%" y2="\(at: y(b.accuracy.accuracy))"/>
      """ as Markup
    }
    return """
      <svg class="plot" width="100%" height="\(Int(height))" role="img" aria-label="\(description)">
      \(rows)
      <line class="base" x1="\(at: left - 4)%" x2="100%" y1="\(at: base)" y2="\(at: base)"/>
      \(columns)
      \(path)
      \(points.enumerated().map { mark($1, isLast: $0 == points.count - 1, x: x, y: y) })
      </svg>
      """
  }

  private var description: String {
    points.map { point in
      "step \(point.number): \(Units.percent(point.accuracy.accuracy)), 95 % interval "
        + "\(Units.range(point.accuracy.interval)), \(Units.bytes(Int(clamping: point.bytes)))"
    }.joined(separator: "; ")
  }

  private func mark(_ point: Point, isLast: Bool, x: (Double) -> Double, y: (Double) -> Double) -> Markup {
    let (high, low) = (y(point.accuracy.interval.upperBound), y(point.accuracy.interval.lowerBound))
    return """
      <svg class="\(isLast ? "after" : "before")" x="\(at: x(point.bytes))%" overflow="visible">\
      <path class="whisker" d="M0 \(at: high)V\(at: low)M-6 \(at: high)H6M-6 \(at: low)H6"/>\
      <circle cx="0" cy="\(at: y(point.accuracy.accuracy))" r="5.5"/>\
      <text class="words" x="0" y="\(at: high - 9)" text-anchor="middle">\(point.number)</text></svg>

      """
  }
}
