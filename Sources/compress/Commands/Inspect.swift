import ArgumentParser
import Pith

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Shows a model's graph, parameters, multiply-adds and memory, and what will be integer and what not.",
    discussion: """
      Examples:
        compress inspect model.onnx
        compress inspect model.pith --json
        compress inspect saved_model_folder
        compress inspect model.onnx --input image=1x3x224x224
      """)

  @Argument(help: ModelFile.helpWithPrograms, completion: ModelFile.completionWithPrograms)
  var model: String

  @OptionGroup var shapes: ShapeOptions
  @OptionGroup var output: OutputOptions

  func run() throws { try output.show(try InspectionJob.run(path: model, inputShapes: shapes.shapes)) }
}
