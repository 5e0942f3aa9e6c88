import ArgumentParser
import Pith

struct Bench: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times a model, and compares it with what the core could do.",
    discussion: """
      For a .pith model the share of the core's int8 limit is measured in the same run; with --reference, the fp32 model \
      is timed in turn with it.

      Examples:
        compress bench model.pith
        compress bench model.pith --reference model.onnx --threads 2 --seconds 5
        compress bench model.pith --profile
        compress bench model.onnx --batch 32 --json
        compress bench model.pt2 --input image=1x3x224x224
      """)

  @Argument(help: ModelFile.helpWithPrograms, completion: ModelFile.completionWithPrograms)
  var model: String

  @Option(
    help: ArgumentHelp("The fp32 model to compare with.", valueName: "model"),
    completion: ModelFile.completion)
  var reference: String?

  @Option(help: "Threads.")
  var threads = 1

  @Option(help: "Samples in one run.")
  var batch = 1

  @Option(help: "Seconds to measure each model.")
  var seconds = 1.0

  @Flag(help: "Time every instruction of a .pith model, too, and how near each comes to the core's limits.")
  var profile = false

  @Option(help: "Kernels of a .pith model: auto, scalar, avx2, avx-vnni or avx512-vnni.")
  var kernels = KernelChoice()

  @OptionGroup var shapes: ShapeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
    guard batch > 0, batch <= 1 << 20 else { throw ValidationError("--batch must be from 1 to 1048576") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds must be more than 0 and at most 3600")
    }
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    var request = BenchmarkJob.Request(
      modelPath: model, referencePath: reference, threads: threads, batch: batch, seconds: seconds,
      isa: kernels.isa)
    request.isProfiled = profile
    request.inputShapes = shapes.shapes
    return try BenchmarkJob.run(request)
  }
}
