import ArgumentParser
import Pith

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a model on an array of samples; floats in, floats out, whatever the model holds inside.",
    discussion: """
      Sizes that the model leaves open are those of the samples; a second --input, as in the other commands, gives the \
      model's input a shape that the samples are brought to.

      Examples:
        compress run model.pith --input x.npy -o y.npy
        compress run model.onnx --input x.npy --mean 0.5 --std 0.25 -o y.npy
        compress run model.onnx --input flat.npy --input image=1x3x224x224 -o y.npy
      """)

  @Argument(help: ModelFile.helpWithPrograms, completion: ModelFile.completionWithPrograms)
  var model: String

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "Samples along the first axis, or DATA of any other form; besides, the shape of the model's input as name=1x3x224x224.",
      valueName: "x.npy"))
  var inputs: [RunInput]

  @Option(name: [.customShort("o"), .customLong("output")], help: "The .npy file to write, float32.")
  var outputPath: String

  @Option(help: "Threads; by default 1.")
  var threads = 1

  @Option(
    help: "Kernels of a .pith model: auto, scalar, avx2, avx-vnni or avx512-vnni. All give the same bytes.")
  var kernels = KernelChoice()

  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let (samples, shapes) = RunInput.sorted(inputs)
    guard samples.count == 1 else {
      throw ValidationError(
        samples.isEmpty
          ? "--input names no samples, only shapes; give also --input x.npy"
          : "--input names samples \(samples.count) times: \(samples.joined(separator: ", "))")
    }
    try InputShape.check(shapes)
    try Paths.check(outputs: ["-o": outputPath], inputs: ["the model": model, "--input": samples[0]])
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  func run() throws {
    let line = output.progress
    let (samples, shapes) = RunInput.sorted(inputs)
    let report = try RunJob.run(
      modelPath: model, data: try data.dataSet(samples[0]), inputShapes: InputShape.byName(shapes),
      outputPath: outputPath, threads: threads, isa: kernels.isa
    ) { line.update("run", $0, $1) }
    line.finish()
    try output.show(report)
  }
}

/// What `--input` of `compress run` takes: samples, or the shape of an input as the other commands take it.
enum RunInput: ExpressibleByArgument, Equatable {
  case samples(String)
  case shape(InputShape)

  init?(argument: String) {
    self = InputShape(argument: argument).map { .shape($0) } ?? .samples(argument)
  }

  static func sorted(_ inputs: [RunInput]) -> (samples: [String], shapes: [InputShape]) {
    var result: (samples: [String], shapes: [InputShape]) = ([], [])
    for input in inputs {
      switch input {
      case .samples(let path): result.samples.append(path)
      case .shape(let shape): result.shapes.append(shape)
      }
    }
    return result
  }
}
