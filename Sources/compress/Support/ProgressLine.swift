/// The text of a progress bar.
struct ProgressLine: Equatable {
  /// What is being done: one word.
  var label: String
  var done: Int
  var total: Int
  /// Seconds since the start.
  var elapsed: Double

  /// The line for a terminal of `width` columns, no longer than it. The bar goes first when room is short.
  func text(width: Int) -> String {
    let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0
    let figures = "\(Int(share * 100)) %  \(done)/\(total)  \(remaining(share))"
    let room = width - label.count - figures.count - 7
    guard room >= 8 else { return String("\(label)  \(figures)".prefix(max(0, width - 1))) }
    let length = min(40, room)
    let filled = Int(share * Double(length))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: length - filled)
    return "\(label)  [\(bar)]  \(figures)"
  }

  private func remaining(_ share: Double) -> String {
    guard share > 0 else { return "ETA --:--" }
    let seconds = elapsed / share * (1 - share)
    // A day and more says only that it takes long.
    guard seconds.isFinite, seconds < 86400 else { return "ETA > 1 day" }
    let whole = Int(seconds.rounded(.up))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let hours = whole / 3600
    let minutes = whole / 60 % 60
    return hours > 0
      ? "ETA \(hours):\(two(minutes)):\(two(whole % 60))" : "ETA \(minutes):\(two(whole % 60))"
  }
}
