import ArgumentParser
import Pith

/// A command whose result is a report: shown when it is run by itself, collected when a recipe runs it.
protocol ReportingCommand: ParsableCommand {
  var output: OutputOptions { get }

  /// Does the work and writes the files.
  /// - Parameter line: shows how far it is.
  func perform(_ line: ProgressLine) throws -> any Report
}

extension ReportingCommand {
  func run() throws {
    let line = output.progress
    let report = try perform(line)
    line.finish()
    try output.show(report)
  }
}
