/// The pieces that pages are made of.
enum Panels {
  /// Plots show no more rows than this; tables always hold all.
  static let plottedRows = 80

  static func cards(_ cards: [Markup]) -> Markup {
    "<section class=\"cards\" aria-label=\"Summary\">\n\(cards)\n</section>"
  }

  static func card(_ title: String, was: String?, now: String, _ notes: Markup) -> Markup {
    let before: Markup =
      was.map { "<span class=\"was\">\($0) <span aria-label=\"to\">→</span></span> " } ?? ""
    return """
      <section class="panel"><h2>\(title)</h2><p class="big">\(before)\(now)</p>\(notes)</section>
      """
  }

  static func figure(_ title: String, note: String, legend: Markup = "", body: Markup) -> Markup {
    let keys: Markup = legend.text.isEmpty ? "" : "<ul class=\"legend\">\(legend)</ul>"
    let words: Markup = note.isEmpty ? "" : "<p class=\"note\">\(note)</p>"
    return """
      <figure class="panel"><figcaption><h2>\(title)</h2>\(words)\(keys)</figcaption>
      \(body)
      </figure>
      """
  }

  static func list(_ pairs: [(String, String)]) -> Markup {
    let items = pairs.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }
    return pairs.isEmpty ? "" : "<dl>\(items)</dl>"
  }

  static func titled(_ title: String, _ body: Markup, _ isEmpty: Bool) -> Markup {
    isEmpty ? "<p class=\"note\">\(title): nothing recorded.</p>" : "<p class=\"note\">\(title)</p>\(body)"
  }

  static func pair(_ figures: [Markup]) -> Markup {
    figures.isEmpty ? "" : "<div class=\"pair\">\n\(figures)\n</div>"
  }

  /// What a reader should not overlook.
  static func warnings(_ items: [Markup]) -> Markup {
    guard !items.isEmpty else { return "" }
    return "<section class=\"panel warn\"><h2>Worth knowing</h2><ul>\(items)</ul></section>"
  }

  /// The command line, and what it meant.
  static func settings(command: String?, _ pairs: [(String, String)]) -> Markup {
    let line: Markup =
      command.map { "<p class=\"note\">The same file again:</p><pre><code>\($0)</code></pre>" } ?? ""
    return "<section class=\"panel single\"><h2>Settings</h2>\(line)\(list(pairs))</section>"
  }

  /// A wide table in a frame that scrolls by itself.
  /// - Parameters:
  ///   - id: unique on the page.
  ///   - columns: titles, and whether the column is text.
  static func table(
    _ title: String, id: String, note: String = "", columns: [(title: String, isText: Bool)], rows: [Markup]
  ) -> Markup {
    let head = columns.map { title, isText -> Markup in
      isText ? "<th scope=\"col\" class=\"text\">\(title)</th>" : "<th scope=\"col\">\(title)</th>"
    }
    let words: Markup = note.isEmpty ? "" : "<p class=\"note\">\(note)</p>"
    return """
      <section class="panel single"><h2 id="\(id)">\(title)</h2>\(words)
      <div class="scroll" role="region" aria-labelledby="\(id)" tabindex="0"><table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div></section>
      """
  }

  /// A layer's name with places to break a line after each slash.
  static func breakable(_ name: String) -> Markup {
    let parts = LayerNames.shown(name).split(separator: "/", omittingEmptySubsequences: false)
    return Markup(
      joining: parts.enumerated().map { index, part in
        index == parts.count - 1 ? "\(String(part))" : "\(String(part))/<wbr/>"
      })
  }

  /// The rows with the largest weight in their order, and what to say of those left out.
  /// - Parameter chosen: what is special about the rows that stay, such as "largest".
  static func plotted<Row>(_ rows: [Row], weight: (Row) -> Double, chosen: String) -> (
    rows: [Row], note: String
  ) {
    guard rows.count > plottedRows else { return (rows, "") }
    let best = rows.indices.sorted { weight(rows[$0]) > weight(rows[$1]) }.prefix(plottedRows).sorted()
    return (best.map { rows[$0] }, "The \(plottedRows) \(chosen) of \(Units.grouped(rows.count)) are shown.")
  }

  static let beforeAndAfter: Markup =
    "<li class=\"before\"><i></i>before</li><li class=\"after\"><i></i>after</li>"
}
