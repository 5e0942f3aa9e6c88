/// An aligned table that fits a terminal: long names are shortened, then dispensable columns left out.
struct TextTable {
  enum Alignment { case leading, trailing }

  struct Column {
    var title: String
    var alignment = Alignment.leading
    /// The least columns to which the text may be shortened; `nil` where it may not.
    var minimum: Int?
    /// Columns with the highest number are left out first; 0 is never left out.
    var dispensable = 0

    static func name(_ title: String, minimum: Int) -> Column { Column(title: title, minimum: minimum) }

    static func number(_ title: String, dispensable: Int = 0) -> Column {
      Column(title: title, alignment: .trailing, dispensable: dispensable)
    }
  }

  struct Cell: ExpressibleByStringLiteral {
    var text: String
    var style: TextStyle?

    init(_ text: String, _ style: TextStyle? = nil) {
      self.text = PlainText.line(text)
      self.style = style
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  var columns: [Column]
  var rows: [[Cell]] = []
  private let gap = 2

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines, each at most `width` columns wide. A table without titles has no head.
  func lines(width: Int, pen: TextPen) -> [String] {
    let natural = columns.indices.map { index in
      rows.reduce(PlainText.width(columns[index].title)) { widest, row in
        index < row.count ? max(widest, PlainText.width(row[index].text)) : widest
      }
    }
    let shown = shownColumns(natural, width: width)
    let widths = shrunk(natural, shown: shown, width: width)
    let head = columns.map { Cell($0.title, .dim) }
    let hasHead = columns.contains { !$0.title.isEmpty }
    return ((hasHead ? [head] : []) + rows).map { line($0, shown: shown, widths: widths, pen: pen) }
  }

  private func total(_ widths: [Int], _ shown: [Int]) -> Int {
    shown.reduce(0) { $0 + widths[$1] } + gap * max(0, shown.count - 1)
  }

  private func shownColumns(_ natural: [Int], width: Int) -> [Int] {
    let least = columns.indices.map { min(natural[$0], columns[$0].minimum ?? .max) }
    var shown = Array(columns.indices)
    while total(least, shown) > width,
      let victim = shown.max(by: { columns[$0].dispensable < columns[$1].dispensable }),
      columns[victim].dispensable > 0
    {
      shown.removeAll { $0 == victim }
    }
    return shown
  }

  /// Takes columns from the widest flexible one until all fit, and from any where that is not enough.
  private func shrunk(_ natural: [Int], shown: [Int], width: Int) -> [Int] {
    var widths = natural
    var excess = total(widths, shown) - width
    while excess > 0 {
      let flexible = shown.filter { widths[$0] > (columns[$0].minimum ?? .max) }
      let candidates = flexible.isEmpty ? shown.filter { widths[$0] > 1 } : flexible
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      // In one step down to the next narrower candidate, since a hostile name can be megabytes long.
      let next = candidates.lazy.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      let floor = flexible.isEmpty ? 1 : columns[widest].minimum ?? 1
      let step = min(excess, max(1, widths[widest] - max(next, floor)))
      widths[widest] -= step
      excess -= step
    }
    return widths
  }

  private func line(_ cells: [Cell], shown: [Int], widths: [Int], pen: TextPen) -> String {
    var line = ""
    for (position, index) in shown.enumerated() {
      let cell = index < cells.count ? cells[index] : Cell("")
      let text = PlainText.fitted(cell.text, to: widths[index])
      let padding = String(repeating: " ", count: max(0, widths[index] - PlainText.width(text)))
      let isLast = position == shown.count - 1
      switch columns[index].alignment {
      case .leading: line += pen.styled(text, cell.style) + (isLast ? "" : padding)
      case .trailing: line += padding + pen.styled(text, cell.style)
      }
      if !isLast { line += String(repeating: " ", count: gap) }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
