import Foundation
import Synchronization

/// A progress bar with the time left, on standard error. It shows only on a terminal, only when the work takes
/// longer than a moment, and is gone afterwards. Any thread may report.
final class Progress: Sendable {
  private struct State {
    var total: Int
    var done = 0
    var nextDraw = Progress.patience
    var isDrawn = false
    var hasFinished = false
  }

  private let label: String
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  /// Work shorter than this shows no bar.
  private static let patience = Duration.milliseconds(300)
  private static let interval = Duration.milliseconds(100)

  /// - Parameters:
  ///   - label: what is being done, in one word.
  ///   - total: how many steps there are.
  ///   - isQuiet: whether to show nothing: under `--json` or `--quiet`.
  init(_ label: String, total: Int, isQuiet: Bool = false) {
    self.label = label
    isShown = !isQuiet && isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    state = Mutex(State(total: total))
  }

  deinit { finish() }

  /// Says that `steps` more steps are done.
  func advance(by steps: Int = 1) {
    guard isShown else { return }
    state.withLock { state in
      state.done += steps
      let elapsed = start.duration(to: .now)
      guard !state.hasFinished, elapsed >= state.nextDraw else { return }
      if !state.isDrawn { Interruption.watch() }
      state.isDrawn = true
      state.nextDraw = elapsed + Progress.interval
      let line = ProgressLine(
        label: label, done: state.done, total: state.total, elapsed: elapsed / .seconds(1))
      Progress.put("\r" + line.text(width: Progress.columns) + Progress.clearRest)
    }
  }

  /// Takes the bar away. Nothing is drawn afterwards.
  func finish() {
    guard isShown else { return }
    state.withLock { state in
      if state.isDrawn, !state.hasFinished {
        Progress.put("\r" + Progress.clearRest)
        Interruption.unwatch()
      }
      state.hasFinished = true
    }
  }

  private static let clearRest = "\u{1B}[K"

  private static func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Takes a half-drawn line away when Ctrl-C or a kill ends the program, and then lets it end as it would have.
private enum Interruption {
  static func watch() {
    for number in [SIGINT, SIGTERM] { signal(number, handler) }
  }

  static func unwatch() {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// Only calls that are safe in a signal handler: no allocation, no locks.
  private static let handler: @convention(c) (Int32) -> Void = { number in
    let clear: StaticString = "\r\u{1B}[K"
    _ = write(STDERR_FILENO, clear.utf8Start, clear.utf8CodeUnitCount)
    signal(number, SIG_DFL)
    raise(number)
  }
}
