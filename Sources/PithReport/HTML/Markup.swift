import Foundation

/// A piece of HTML that is also well-formed XML. Interpolated text is escaped by construction: only a literal
/// in the source and another `Markup` go in as they are.
struct Markup: ExpressibleByStringInterpolation {
  var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  init(joining parts: [Markup]) { text = parts.map(\.text).joined() }

  /// The text with what has a meaning in HTML replaced, and with control characters shown as code points.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in PlainText.line(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation(_ value: String) { text += Markup.escape(value) }

    mutating func appendInterpolation(_ value: Int) { text += String(value) }

    mutating func appendInterpolation(_ value: Markup) { text += value.text }

    mutating func appendInterpolation(_ values: [Markup]) {
      for value in values { text += value.text }
    }

    /// A coordinate: two decimals, and 0 for what is not a number.
    mutating func appendInterpolation(at value: Double) {
      text += String(format: "%.2f", value.isFinite ? min(max(value, -1e6), 1e6) : 0)
    }
  }
}
