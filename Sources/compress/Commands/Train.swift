import ArgumentParser
import Foundation
import Pith

struct Train: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a network, from its weights or from a fresh initialization.",
    discussion: """
      Writes ONNX, whatever the format that it reads: the network as it was, with other weights. While it trains, OUT.onnx.checkpoint holds where it stands; \
      after an interruption the same command with --resume goes on and ends in the same result.

      \(DataOptions.forms)

      Without options: 10 epochs of Adam at 0.001 in batches of 128, the rate falling along a cosine. The same seed gives \
      the same weights, whatever the number of threads.

      --init fresh wants batch norm kept. Exporters fold it into the convolutions unless asked not to, in PyTorch with
        torch.onnx.export(model.eval(), example, "model.onnx", dynamo=False,
            training=torch.onnx.TrainingMode.PRESERVE,
            input_names=["image"], dynamic_axes={"image": {0: "batch"}})
      Training from the weights works on the folded form as well. docs/training.md says more.

      Examples:
        compress train tutorial.onnx --train points.csv --init fresh --batch 32 --lr 0.02 --epochs 100 -o trained.onnx
        compress train model.onnx --train train.npz --eval test.npz --lr 1e-4 --epochs 5 -o tuned.onnx
        compress train resnet20.onnx --train cifar10/train --eval cifar10/test --init fresh --optimizer nesterov \\
            --lr 0.1 --weight-decay 5e-4 --warmup 1 --augment crop:4,flip --epochs 30 -o trained.onnx
      """)

  @Argument(help: ModelFile.help, completion: ModelFile.completion)
  var model: String

  @Option(name: .customLong("train"), help: ArgumentHelp("Labelled samples to train on.", valueName: "data"))
  var training: String

  @Option(
    name: .customLong("eval"),
    help: ArgumentHelp("Labelled samples to score the network on.", valueName: "data"))
  var evaluation: String?

  @Option(
    name: .customLong("init"), help: "What to begin with: weights, those of the file, or fresh, random ones.")
  var initialization = TrainingJob.Initialization.weights

  @Option(help: "How often all samples are seen.")
  var epochs = 10

  @OptionGroup var file: NetworkOutputOptions

  @OptionGroup(title: "How to train") var settings: TrainingOptionGroup
  @OptionGroup var shapes: ShapeOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1_000_000).contains(epochs) else {
      throw ValidationError("--epochs must be from 1 to 1,000,000")
    }
    try file.check(inputs: ["the model": model, "--train": training, "--eval": evaluation])
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    try file.checkFolders()
    Parallelism.threadCount = file.threads
    var request = TrainingJob.Request(
      modelPath: model, training: try data.dataSet(training),
      evaluation: try evaluation.map { try data.dataSet($0) }, initialization: initialization,
      options: settings.options(epochs: epochs), augmentation: settings.augmentation ?? .none,
      resumes: file.resume, checkpointPath: file.checkpoint, outputPath: file.outputPath,
      reportPath: file.report,
      threads: file.threads, command: CommandText.current)
    request.inputShapes = shapes.shapes
    return try TrainingJob(request, progress: line.trainingEvents).run()
  }
}

extension TrainingJob.Initialization: ExpressibleByArgument {}
