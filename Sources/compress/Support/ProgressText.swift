/// What a progress line says.
struct ProgressText: Equatable {
  /// What is being done, in one word.
  var stage: String
  var done: Int
  var total: Int
  /// Seconds since the stage began.
  var elapsed: Double
  /// How many were done when the stage began.
  var doneBefore = 0

  /// The line for a terminal of `width` columns, shorter than it so that it never wraps. Where room is short
  /// the bar goes first.
  func line(width: Int) -> String {
    let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0
    let figures = "\(done)/\(total)  \(remaining)"
    let room = width - 1 - stage.count - figures.count - 2
    guard room >= 6 else { return String("\(stage) \(figures)".prefix(max(0, width - 1))) }
    let length = min(24, room)
    let filled = Int(share * Double(length))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: length - filled)
    return "\(stage) \(bar) \(figures)"
  }

  private var remaining: String {
    guard done > doneBefore else { return "" }
    return "\(Self.duration(elapsed * Double(max(0, total - done)) / Double(done - doneBefore))) left"
  }

  /// "3 s", "2 min 5 s", "1 h 2 min".
  static func duration(_ seconds: Double) -> String {
    // A week and more says only that it takes long; and such a number may not fit an integer.
    guard seconds < 604_800 else { return "more than a week" }
    let whole = Int(max(0, seconds).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
