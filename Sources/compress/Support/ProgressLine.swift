import Foundation

/// One line on standard error that says how far a long stage is and how long it will take.
///
/// It is shown only on a terminal, only where a stage takes more than half a second, and wiped when done.
final class ProgressLine {
  private let isShown: Bool
  private var stage = ""
  private var start = Date()
  private var lastShown = Date.distantPast
  private var isVisible = false

  init(isShown: Bool) { self.isShown = isShown }

  /// Tells that `done` of `total` are done.
  func update(_ stage: String, _ done: Int, _ total: Int) {
    guard isShown else { return }
    let now = Date()
    if stage != self.stage { (self.stage, start) = (stage, now) }
    let elapsed = now.timeIntervalSince(start)
    guard elapsed > 0.5, now.timeIntervalSince(lastShown) > 0.1 || done == total, done > 0, total > 0 else { return }
    lastShown = now
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * 24)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let left = elapsed / share - elapsed
    show("\r\u{1B}[K\(stage) \(bar) \(done)/\(total)  \(Self.duration(left)) left")
    isVisible = true
  }

  /// Wipes the line.
  func finish() {
    guard isVisible else { return }
    show("\r\u{1B}[K")
    isVisible = false
  }

  private func show(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// "3 s", "2 min 5 s", "1 h 2 min".
  static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
