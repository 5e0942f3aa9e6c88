import ArgumentParser
import Pith

struct Tune: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how this machine runs each layer of a .pith model fastest, and stores that in it.",
    discussion: """
      Tiles, the order of loops and what threads share are measured layer by layer and recorded in the file for the kernels \
      of this machine; nothing is timed when the model is loaded. Every choice gives the same bytes, and the file still \
      runs everywhere.

      Examples:
        compress tune model.pith -o tuned.pith
        compress tune model.pith --threads 2 -o tuned.pith
        compress tune model.pith --target avx2 -o tuned.pith
      """)

  @Argument(help: "The .pith model.", completion: .file(extensions: ["pith"]))
  var model: String

  @Option(name: [.customShort("o"), .customLong("output")], help: "The .pith file to write.")
  var outputPath: String

  @Option(
    help: ArgumentHelp(
      "Kernels to tune for: host, which are the best of this machine, avx2, avx-vnni or avx512-vnni.",
      valueName: "kernels"))
  var target = PlanTarget(isa: .automatic)

  @Option(help: "Threads that will run it.")
  var threads = 1

  @Option(help: "Seconds to measure each way to run it.")
  var seconds = 1.0

  @OptionGroup var output: OutputOptions

  func validate() throws {
    try Paths.check(outputs: ["-o": outputPath], inputs: ["the model": model])
    try Paths.check(outputPath, isProgram: true)
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds must be more than 0 and at most 3600")
    }
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    try Paths.checkFolders(["-o": outputPath])
    return try TuningJob.run(
      TuningJob.Request(
        modelPath: model, outputPath: outputPath, isa: target.isa, threads: threads, seconds: seconds)
    ) { line.update("tune", $0, $1) }
  }
}
