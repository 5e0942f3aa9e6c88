import ArgumentParser
import Foundation
import Pith

struct Eval: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Scores a model on labelled data: a .pith file on the shipping integer kernels, any other in fp32.",
    discussion: """
      Sizes that the model leaves open are those of the samples, where --input does not give them.

      \(DataOptions.forms)

      Examples:
        compress eval model.onnx --data images.idx.gz,labels.idx.gz
        compress eval model.pith --data test.npz:x,y --json
        compress eval model.keras --data test.npz:x,y
      """)

  @Argument(help: ModelFile.helpWithPrograms, completion: ModelFile.completionWithPrograms)
  var model: String

  @Option(name: .customLong("data"), help: ArgumentHelp("Labelled samples.", valueName: "data"))
  var dataPath: String

  @Option(help: "Threads; by default all processors.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: "Kernels of a .pith model: auto, scalar, avx2, avx-vnni or avx512-vnni. All give the same bytes.")
  var kernels = KernelChoice()

  @OptionGroup var data: DataOptions
  @OptionGroup var shapes: ShapeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    var request = EvaluationJob.Request(
      modelPath: model, data: try data.dataSet(dataPath), threads: threads, isa: kernels.isa)
    request.inputShapes = shapes.shapes
    return try EvaluationJob.run(request) { line.update("evaluate", $0, $1) }
  }
}
