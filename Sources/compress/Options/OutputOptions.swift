import ArgumentParser
import Foundation
import Pith

/// How a command shows its result.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object and nothing else on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  /// Prints a report as text or JSON.
  func show(_ report: some Report) throws {
    let text = json ? try report.json() : report.text(width: Terminal.width, colour: Terminal.isColourful)
    try Terminal.write(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// The progress line that the command shows while it works.
  var progress: ProgressLine { ProgressLine(isShown: !quiet && !json && Terminal.isErrorTerminal) }
}
