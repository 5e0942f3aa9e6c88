import ArgumentParser
import Foundation

/// What a command that trains writes, and how it may be interrupted: what `train`, `prune` and `distill` have in common.
struct NetworkOutputOptions: ParsableArguments {
  @Option(name: [.customShort("o"), .customLong("output")], help: "The .onnx file to write.")
  var outputPath: String

  @Flag(help: "Go on from the checkpoint of an interrupted run, where there is one.")
  var resume = false

  @Option(help: ArgumentHelp("Where to keep it. Default: OUT.onnx.checkpoint.", valueName: "file"))
  var checkpoint: String?

  @Option(help: ArgumentHelp("Write a report with plots as one HTML file.", valueName: "out.html"))
  var report: String?

  @Option(help: "Threads; by default all processors.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  /// - Parameter inputs: paths or DATA specifications that the command reads, by the option that names them.
  /// - Throws: `ValidationError` where one would be overwritten, or the output is called as another kind of file.
  func check(inputs: [String: String?]) throws {
    try Paths.check(
      outputs: [
        "-o": outputPath, "--report": report, "--checkpoint": checkpoint ?? outputPath + ".checkpoint",
      ], inputs: inputs)
    try Paths.check(outputPath, isProgram: false)
  }

  /// - Throws: `PithFailure` where a file cannot be written in its folder.
  func checkFolders() throws {
    try Paths.checkFolders(["-o": outputPath, "--report": report, "--checkpoint": checkpoint])
  }
}
