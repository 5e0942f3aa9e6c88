/// Accuracy against the size of the file: a point with its 95 % interval for each of the two models.
struct AccuracyPlot {
  var accuracy: AccuracyComparison
  var fp32Bytes: Int
  var int8Bytes: Int

  private let height = 264.0
  /// The rows of pixels between which the intervals lie; outside of them is room for the words.
  private let top = 44.0
  private let bottom = 196.0
  private let base = 236.0
  /// In per cent of the width; the words of the vertical axis stand to the left.
  private let left = 17.0
  private let right = 95.0

  var markup: Markup {
    let low = min(accuracy.fp32.interval.lowerBound, accuracy.int8.interval.lowerBound)
    let high = max(accuracy.fp32.interval.upperBound, accuracy.int8.interval.upperBound)
    let largest = Double(max(1, fp32Bytes, int8Bytes))
    let y = { (value: Double) in
      high > low ? bottom - (bottom - top) * (value - low) / (high - low) : (top + bottom) / 2
    }
    let x = { (bytes: Double) in left + (right - left) * min(1, max(0, bytes / largest)) }
    let rows = Ticks.percent(from: low, to: high).ticks.map { tick in
      """
      <line class="grid" x1="0" x2="100%" y1="\(at: y(tick.value))" y2="\(at: y(tick.value))"/>\
      <text x="0" y="\(at: y(tick.value) - 4)">\(tick.label)</text>
      """ as Markup
    }
    let columns = Ticks.bytes(to: largest, parts: 5).ticks.map { tick in
      """
      <line class="base" x1="\(at: x(tick.value))%" x2="\(at: x(tick.value))%" \
      y1="\(at: base)" y2="\(at: base + 5)"/>\
      <text x="\(at: x(tick.value))%" y="\(at: base + 20)" text-anchor="middle">\(tick.label)</text>
      """ as Markup
    }
    let fp32 = point("fp32", accuracy.fp32, bytes: fp32Bytes, kind: "before", wordsAbove: true, x: x, y: y)
    let int8 = point("int8", accuracy.int8, bytes: int8Bytes, kind: "after", wordsAbove: false, x: x, y: y)
    return """
      <svg class="plot" width="100%" height="\(Int(height))" role="img" aria-label="\(description)">
      \(rows)
      <line class="base" x1="\(at: left)%" x2="100%" y1="\(at: base)" y2="\(at: base)"/>
      \(columns)
      \(fp32)
      \(int8)
      </svg>
      """
  }

  private var description: String {
    [("fp32", fp32Bytes, accuracy.fp32), ("int8", int8Bytes, accuracy.int8)].map { name, bytes, value in
      "\(name): \(Units.percent(value.accuracy)), 95 % interval \(Units.range(value.interval)), "
        + Units.bytes(bytes)
    }.joined(separator: "; ")
  }

  /// One point. The words of one stand above its interval and those of the other below, so that they never
  /// meet, however near the points are.
  private func point(
    _ name: String, _ value: Accuracy, bytes: Int, kind: String, wordsAbove: Bool,
    x: (Double) -> Double, y: (Double) -> Double
  ) -> Markup {
    let place = x(Double(bytes))
    let high = y(value.interval.upperBound)
    let low = y(value.interval.lowerBound)
    let anchor = place > 60 ? "end" : place < 35 ? "start" : "middle"
    // Anchored words reach a little past the point on their short side.
    let shift = anchor == "end" ? 12.0 : anchor == "start" ? -12.0 : 0
    let words = "\(name) · \(Units.percent(value.accuracy)) · \(Units.bytes(bytes))"
    return """
      <svg class="\(kind)" x="\(at: place)%" overflow="visible">\
      <path class="whisker" d="M0 \(at: high)V\(at: low)M-7 \(at: high)H7M-7 \(at: low)H7"/>\
      <circle cx="0" cy="\(at: y(value.accuracy))" r="5.5"/>\
      <text class="words" x="\(at: shift)" y="\(at: wordsAbove ? high - 10 : low + 20)" \
      text-anchor="\(anchor)">\(words)</text></svg>
      """
  }
}
