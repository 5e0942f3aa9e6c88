/// Text for a terminal, measured in columns. Names come from model files, which may be hostile.
enum PlainText {
  /// The text with every character that could steer a terminal, break a line or turn the writing direction
  /// shown as its code point.
  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        let code = String(scalar.value, radix: 16, uppercase: true)
        safe.append(contentsOf: "\\u{\(code)}".unicodeScalars)
      } else {
        safe.append(scalar)
      }
    }
    return String(safe)
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      return true
    default: return false
    }
  }

  /// The columns that a terminal needs.
  static func width(_ text: String) -> Int {
    text.utf8.allSatisfy({ $0 < 0x80 }) ? text.utf8.count : text.reduce(0) { $0 + width($1) }
  }

  /// East Asian wide characters and pictures take two columns, marks on their own none.
  static func width(_ character: Character) -> Int {
    var isMark = true
    for scalar in character.unicodeScalars {
      switch scalar.value {
      case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F000...0x1FAFF,
        0x20000...0x3FFFD:
        return 2
      default: break
      }
      if scalar.properties.isEmojiPresentation || scalar.value == 0xFE0F { return 2 }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: break
      default: isMark = false
      }
    }
    return isMark ? 0 : 1
  }

  /// At most that many columns, cut in the middle: the ends of names tell layers apart, the tail more.
  static func fitted(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    let tail = (columns - 1) * 2 / 3
    let end = suffix(text, columns: tail)
    return prefix(text, columns: columns - 1 - width(end)) + "…" + end
  }

  private static func prefix(_ text: String, columns: Int) -> String {
    var used = 0
    return String(
      text.prefix {
        used += width($0)
        return used <= columns
      })
  }

  private static func suffix(_ text: String, columns: Int) -> String {
    var used = 0
    var start = text.endIndex
    while start > text.startIndex {
      let previous = text.index(before: start)
      used += width(text[previous])
      if used > columns { break }
      start = previous
    }
    return String(text[start...])
  }

  /// Lines of at most that many columns, broken at spaces; a longer word is cut.
  static func wrapped(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    var used = 0
    for word in text.split(separator: " ").map(String.init) {
      let size = width(word)
      if !current.isEmpty, used + 1 + size <= columns {
        current += " " + word
        used += 1 + size
        continue
      }
      if !current.isEmpty { lines.append(current) }
      (current, used) = ("", 0)
      // A run without a space in it: cut it into full lines, and go on from the rest.
      for character in word {
        let size = width(character)
        if used + size > columns, !current.isEmpty {
          lines.append(current)
          (current, used) = ("", 0)
        }
        current.append(character)
        used += size
      }
    }
    if !current.isEmpty { lines.append(current) }
    return lines
  }
}
