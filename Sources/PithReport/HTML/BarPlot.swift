/// Horizontal bars, a row a layer. The places are shares of the width, and the words are HTML, so that the
/// plot fits a phone and a wide screen alike without scaling its letters.
struct BarPlot {
  struct Bar {
    /// In the axis's unit; what is not above 0 draws nothing.
    var value: Double
    var kind: String
  }

  struct Row {
    var name: String
    /// The name in full.
    var title: String
    var value: String
    var bars: [Bar]
  }

  var maximum: Double
  var ticks: [Ticks.Tick]
  var rows: [Row]
  /// A dashed line, in the axis's unit.
  var mark: Double?

  private static let rowHeight = 26.0

  var markup: Markup {
    let grid = ticks.map { tick in
      let x = share(tick.value)
      return "<line class=\"grid\" x1=\"\(at: x)%\" x2=\"\(at: x)%\" y1=\"0\" y2=\"100%\"/>" as Markup
    }
    let marked: Markup =
      mark.map {
        let x = share($0)
        return "<line class=\"mark\" x1=\"\(at: x)%\" x2=\"\(at: x)%\" y1=\"0\" y2=\"100%\"/>"
      } ?? ""
    let items = rows.map { row in
      """
      <li><span class="name" title="\(row.title)">\(PlainText.fitted(row.name, to: 27))</span>\
      <svg width="100%" height="\(Int(Self.rowHeight))" aria-hidden="true">\
      \(grid)\(bars(row))\(marked)</svg><span class="value">\(row.value)</span></li>

      """ as Markup
    }
    return """
      <ul class="rows">
      \(items)</ul>
      <div class="axis" aria-hidden="true"><svg width="100%" height="18">\(labels)</svg></div>
      """
  }

  /// In per cent of the axis, always within it.
  private func share(_ value: Double) -> Double {
    guard maximum > 0, value > 0 else { return 0 }
    return min(100, 100 * value / maximum)
  }

  private func bars(_ row: Row) -> [Markup] {
    let height = row.bars.count > 1 ? 8.0 : 11.0
    let top = (Self.rowHeight - Double(row.bars.count) * (height + 1)) / 2
    return row.bars.enumerated().compactMap { index, bar in
      guard bar.value > 0 else { return nil }
      // A bar that is there should be seen.
      let width = max(0.4, share(bar.value))
      let y = top + Double(index) * (height + 1)
      return """
        <rect class="\(bar.kind)" x="0" y="\(at: y)" width="\(at: width)%" height="\(at: height)" rx="1.5"/>
        """
    }
  }

  private var labels: [Markup] {
    ticks.map { tick in
      let x = share(tick.value)
      // The last one must not leave a narrow screen, and must not meet its neighbour on a wide one, where
      // there is room beside the axis: the style sheet knows which.
      let place: Markup = x < 5 ? "" : x > 92 ? "class=\"last\"" : "text-anchor=\"middle\""
      return "<text x=\"\(at: x)%\" y=\"13\" \(place)>\(tick.label)</text>"
    }
  }
}
