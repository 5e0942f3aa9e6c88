/// How a word is marked.
enum TextStyle: Int {
  case bold = 1
  case dim = 2
  case red = 31
  case green = 32
  case yellow = 33
}

/// Marks words with ANSI colours, or leaves them plain.
struct TextPen {
  var colour: Bool

  func styled(_ text: String, _ style: TextStyle?) -> String {
    guard colour, let style, !text.isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }
}

/// Collects the lines of a report; blocks are parted by one empty line.
struct TextWriter {
  private(set) var lines: [String] = []
  let width: Int
  let pen: TextPen

  init(width: Int, colour: Bool) {
    self.width = max(40, width)
    self.pen = TextPen(colour: colour)
  }

  /// The spaces that kept numbers with their units are plain ones now.
  var text: String {
    lines.map { $0.replacing(Units.space, with: " ") + "\n" }.joined()
  }

  mutating func gap() {
    if let last = lines.last, !last.isEmpty { lines.append("") }
  }

  mutating func heading(_ title: String) {
    gap()
    lines.append(pen.styled(PlainText.fitted(PlainText.line(title), to: width), .bold))
  }

  /// Wrapped text. `label` begins it in its own style; the lines after the first are indented.
  mutating func paragraph(_ text: String, label: String = "", style: TextStyle? = nil, indent: Int = 0) {
    let margin = String(repeating: " ", count: indent)
    let hanging = label.isEmpty ? margin : margin + "  "
    let all = PlainText.line(label.isEmpty ? text : label + " " + text)
    let wrapped = PlainText.wrapped(all, to: width - hanging.count)
    for (index, line) in wrapped.enumerated() {
      guard index == 0 else {
        lines.append(hanging + pen.styled(line, label.isEmpty ? style : nil))
        continue
      }
      let label = PlainText.line(label)
      if !label.isEmpty, line.hasPrefix(label) {
        lines.append(margin + pen.styled(label, style) + line.dropFirst(label.count))
      } else {
        lines.append(margin + pen.styled(line, style))
      }
    }
  }

  mutating func table(_ table: TextTable, indent: Int = 2) {
    let margin = String(repeating: " ", count: indent)
    lines += table.lines(width: width - indent, pen: pen).map { $0.isEmpty ? "" : margin + $0 }
  }

  mutating func warnings(_ warnings: [String]) {
    guard !warnings.isEmpty else { return }
    gap()
    for warning in warnings { paragraph(warning, label: "warning:", style: .yellow) }
  }

  /// Names what runs in float, grouped by why.
  mutating func floatLayers(_ layers: [(name: String, reason: String?)]) {
    guard !layers.isEmpty else { return }
    gap()
    paragraph("\(Units.counted(layers.count, "layer")) in float32:", style: .yellow)
    for group in ReasonGroup.groups(layers) {
      paragraph(group.names.joined(separator: ", ") + ": " + group.reason, indent: 2)
    }
  }
}

/// Layers that run in float for the same reason.
struct ReasonGroup {
  var reason: String
  var names: [String]

  /// In the order in which the reasons first appear.
  static func groups(_ layers: [(name: String, reason: String?)]) -> [ReasonGroup] {
    var groups: [ReasonGroup] = []
    var positions: [String: Int] = [:]
    for layer in layers {
      let given = layer.reason ?? ""
      let reason = given.isEmpty ? "no reason given" : given
      if let position = positions[reason] {
        groups[position].names.append(layer.name)
      } else {
        positions[reason] = groups.count
        groups.append(ReasonGroup(reason: reason, names: [layer.name]))
      }
    }
    return groups
  }
}
