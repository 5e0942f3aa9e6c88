import ArgumentParser
import Foundation
import Pith

struct Eval: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scores a model on labelled data: fp32 for .onnx, the shipping integer kernels for .pith.",
    discussion: """
      \(DataOptions.forms)

      Examples:
        compress eval model.onnx --data images.idx.gz,labels.idx.gz
        compress eval model.pith --data test.npz:x,y --json
      """)

  @Argument(help: "An .onnx or .pith file.", completion: .file(extensions: ["onnx", "pith"]))
  var model: String

  @Option(name: .customLong("data"), help: ArgumentHelp("Labelled samples.", valueName: "data"))
  var dataPath: String

  @Option(help: "Threads; by default all processors.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: "Kernels of a .pith model: auto, scalar, avx2, avx-vnni or avx512-vnni. All give the same bytes.")
  var kernels = KernelChoice()

  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    let request = EvaluationJob.Request(
      modelPath: model, data: try data.dataSet(dataPath), threads: threads, isa: kernels.isa)
    return try EvaluationJob.run(request) { line.update("evaluate", $0, $1) }
  }
}
