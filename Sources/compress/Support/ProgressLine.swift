import Foundation

/// One line on standard error that says how far a long stage is and how long it will take.
///
/// It is shown only on a terminal, only where a stage takes more than half a second, and wiped when done, when
/// an error ends the command, and when Ctrl-C does.
final class ProgressLine {
  /// Stands before every stage, as the number of a recipe's step does.
  var prefix = ""
  private let isShown: Bool
  private var stage = ""
  private var start = ContinuousClock.now
  /// What was done already when the stage began, as where training is resumed.
  private var doneBefore = 0
  private var lastShown: ContinuousClock.Instant?
  private var isVisible = false

  private static let wipe = "\r\u{1B}[K"

  init(isShown: Bool) { self.isShown = isShown }

  deinit { finish() }

  /// Tells that `done` of `total` are done.
  func update(_ stage: String, _ done: Int, _ total: Int) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if stage != self.stage { (self.stage, start, doneBefore) = (stage, now, done) }
    let elapsed = start.duration(to: now)
    guard elapsed > .milliseconds(500), done > 0, total > 0 else { return }
    if let lastShown, lastShown.duration(to: now) < .milliseconds(100), done != total { return }
    lastShown = now
    if !isVisible { Interruption.watch() }
    isVisible = true
    let text = ProgressText(
      stage: prefix + stage, done: done, total: total, elapsed: elapsed / .seconds(1), doneBefore: doneBefore)
    show(Self.wipe + text.line(width: Self.width))
  }

  /// Leaves a line of text above the progress, where that is shown.
  func note(_ text: String) {
    guard isShown else { return }
    show((isVisible ? Self.wipe : "") + text + "\n")
    lastShown = nil
  }

  /// Wipes the line.
  func finish() {
    guard isVisible else { return }
    show(Self.wipe)
    Interruption.unwatch()
    isVisible = false
  }

  private func show(_ text: String) {
    // A terminal that has gone is no reason to stop working.
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Columns of the terminal behind standard error.
  private static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Wipes a half-drawn line, and says how to go on, when Ctrl-C or a kill ends the program, and lets it end as it would have.
enum Interruption {
  /// Whether a checkpoint lets the command go on.
  nonisolated(unsafe) static var isResumable = false

  static func watch() {
    for number in [SIGINT, SIGTERM] { signal(number, handler) }
  }

  static func unwatch() {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// Calls only what is safe in a signal handler: no allocation, no locks.
  private static let handler: @convention(c) (Int32) -> Void = { number in
    let wipe: StaticString = "\r\u{1B}[K"
    _ = write(STDERR_FILENO, wipe.utf8Start, wipe.utf8CodeUnitCount)
    if isResumable {
      let words: StaticString =
        "interrupted; repeat the command with --resume to go on (compress apply: as it is)\n"
      _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
    }
    signal(number, SIG_DFL)
    raise(number)
  }
}
