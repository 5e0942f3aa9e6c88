import ArgumentParser
import Pith

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a model of any format and writes it as ONNX.",
    discussion: """
      Reads \(ModelFile.formats). Every \
      other command reads these too; this one is for seeing what was understood, for fixing sizes, and for giving a PyTorch \
      program the weights of another file: .safetensors, or a .pt or .pth file with a state dict.

      Examples:
        compress import model.keras -o model.onnx
        compress import model.pt2 --input x=1x3x224x224 -o model.onnx
        compress import --architecture model.pt2 --weights trained.pth -o model.onnx
      """)

  @Argument(help: ModelFile.help, completion: ModelFile.completion)
  var model: String?

  @Option(help: ArgumentHelp("A PyTorch program that gets other weights.", valueName: "model.pt2"))
  var architecture: String?

  @Option(help: ArgumentHelp("The weights for it.", valueName: "file"))
  var weights: String?

  @OptionGroup var shapes: ShapeOptions

  @Option(name: [.customShort("o"), .customLong("output")], help: "The .onnx file to write.")
  var outputPath: String

  @OptionGroup var output: OutputOptions

  func validate() throws {
    switch (model, architecture, weights) {
    case (_?, nil, nil), (nil, _?, _?): break
    case (nil, nil, _): throw ValidationError("name a model, or --architecture and --weights")
    case (nil, _?, nil):
      throw ValidationError("--architecture needs --weights; a model alone needs no option")
    case (_?, _, _): throw ValidationError("a model and --architecture or --weights exclude each other")
    }
    try Paths.check(
      outputs: ["-o": outputPath],
      inputs: ["the model": model, "--architecture": architecture, "--weights": weights])
    try Paths.check(outputPath, isProgram: false)
  }

  func run() throws {
    try Paths.checkFolders(["-o": outputPath])
    let request = ImportJob.Request(
      modelPath: model ?? architecture ?? "", weightsPath: weights,
      shapes: shapes.shapes, outputPath: outputPath)
    try output.show(try ImportJob.run(request))
  }
}
