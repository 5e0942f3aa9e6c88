import Foundation

/// Numbers with their units, as people read them: three significant digits, a minus sign that is one.
enum Units {
  /// Between a number and its unit, so that no line breaks there; a terminal gets a plain space.
  static let space = "\u{A0}"

  /// What stands for an unknown number.
  static let unknown = "–"

  /// With that many decimals; never "−0.00", never "nan".
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return unknown }
    let text = String(format: "%.\(decimals)f", abs(value))
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    return value < 0 && !isZero ? "−" + text : text
  }

  /// 7.29, 72.9, 729: three digits, and more where there are more before the point.
  static func significant(_ value: Double) -> String {
    let size = abs(value)
    return fixed(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
  }

  /// "812 B", "24.5 KB", "1.66 MB", where 1 KB is 1,024 bytes.
  static func bytes(_ count: Int) -> String {
    scaled(Double(count), base: 1024, units: ["B", "KB", "MB", "GB", "TB", "PB", "EB"])
  }

  /// "9,408", "12.3 M": in full as long as that is short.
  static func count(_ value: Int) -> String {
    guard value.magnitude >= 10_000 else { return grouped(value) }
    return scaled(Double(value), base: 1000, units: ["", "K", "M", "G", "T", "P", "E"])
  }

  /// "12,345,678".
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// "1 layer", "12,345 layers".
  static func counted(_ value: Int, _ noun: String) -> String {
    grouped(value) + space + noun + (value == 1 ? "" : "s")
  }

  /// "8.20 µs", "1.24 ms", "2.10 s".
  static func microseconds(_ value: Double) -> String {
    scaled(value, base: 1000, units: ["µs", "ms", "s"])
  }

  /// "0.42 s", "95 s".
  static func seconds(_ value: Double) -> String {
    fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + space + "s"
  }

  /// "41.2 dB".
  static func decibels(_ value: Double?) -> String {
    guard let value, value.isFinite else { return unknown }
    return fixed(value, 1) + space + "dB"
  }

  /// "92.31 %" of 0.9231.
  static func percent(_ share: Double?, _ decimals: Int = 2) -> String {
    guard let share, share.isFinite else { return unknown }
    return fixed(100 * share, decimals) + space + "%"
  }

  /// A share that is mostly tiny: "0 %", "<0.01 %", "0.52 %".
  static func smallPercent(_ share: Double?) -> String {
    guard let share, share.isFinite else { return unknown }
    if share == 0 { return "0\(space)%" }
    return share > 0 && share < 0.0001 ? "<0.01\(space)%" : percent(share)
  }

  /// "[91.77, 92.82]" in per cent.
  static func interval(_ interval: WilsonInterval) -> String {
    "[" + fixed(100 * interval.lowerBound, 2) + ", " + fixed(100 * interval.upperBound, 2) + "]"
  }

  /// "91.77 to 92.82 %".
  static func range(_ interval: WilsonInterval) -> String {
    fixed(100 * interval.lowerBound, 2) + " to " + percent(interval.upperBound)
  }

  /// "[8.10, 8.60]": the 10th and the 90th percentile in the unit of the median.
  static func range(_ latency: Latency) -> String {
    let divisor = latencyUnit(latency).divisor
    return "[" + significant(latency.p10 / divisor) + ", " + significant(latency.p90 / divisor) + "]"
  }

  /// The unit in which `microseconds` shows the median.
  static func latencyUnit(_ latency: Latency) -> (name: String, divisor: Double) {
    let size = abs(latency.p50)
    return size >= 999_500 ? ("s", 1e6) : size >= 999.5 ? ("ms", 1e3) : ("µs", 1)
  }

  /// "+0.08", "−0.16", "0.00".
  static func signed(_ value: Double) -> String {
    let text = fixed(value, 2)
    return value > 0 && text != "0.00" ? "+" + text : text
  }

  static func points(_ value: Double) -> String { signed(value) + space + "points" }

  /// "0.0312", "1.20e-05": a scale with four digits.
  static func scale(_ value: Float?) -> String {
    guard let value, value.isFinite else { return unknown }
    return String(format: "%.4g", Double(value)).replacingOccurrences(of: "-", with: "−")
  }

  /// "4.2× as fast", "0.80× as fast".
  static func speed(_ factor: Double) -> String {
    significant(factor) + "× as fast"
  }

  private static func scaled(_ value: Double, base: Double, units: [String]) -> String {
    guard value.isFinite, let smallest = units.first, let largest = units.last else { return unknown }
    var value = value
    var unit = smallest
    for next in units.dropFirst() {
      // Half a unit early, so that rounding never shows 1000 of one instead of 1 of the next.
      guard abs(value) >= base - 0.5, unit != largest else { break }
      value /= base
      unit = next
    }
    let isWhole = value == value.rounded() && (unit == "B" || unit.isEmpty)
    let number = isWhole ? fixed(value, 0) : significant(value)
    return unit.isEmpty ? number : number + space + unit
  }
}
