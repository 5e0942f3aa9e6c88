import ArgumentParser
import Pith

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a model on an array of samples; floats in, floats out, whatever the model holds inside.",
    discussion: """
      Examples:
        compress run model.pith --input x.npy -o y.npy
        compress run model.onnx --input x.npy --mean 0.5 --std 0.25 -o y.npy
      """)

  @Argument(help: "An .onnx or .pith file.", completion: .file(extensions: ["onnx", "pith"]))
  var model: String

  @Option(help: ArgumentHelp("Samples along the first axis, or DATA of any other form.", valueName: "x.npy"))
  var input: String

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
    try Paths.check(outputs: ["-o": outputPath], inputs: ["the model": model, "--input": input])
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  func run() throws {
    let line = output.progress
    let report = try RunJob.run(
      modelPath: model, data: try data.dataSet(input), outputPath: outputPath, threads: threads,
      isa: kernels.isa
    ) { line.update("run", $0, $1) }
    line.finish()
    try output.show(report)
  }
}
