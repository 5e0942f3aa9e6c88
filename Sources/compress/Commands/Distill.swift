import ArgumentParser
import Foundation
import Pith

struct Distill: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a small network, the student, to say what a large one, the teacher, says.",
    discussion: """
      The loss is alpha * T^2 * KL(teacher || student), of logits divided by the temperature T, plus (1 - alpha) times \
      the loss of the labels. Labels are optional: without them alpha is 1. Several teachers are averaged. Reads \
      \(ModelFile.formats); writes ONNX: \
      the student with trained weights. While it trains, OUT.onnx.checkpoint holds where it stands; after an interruption \
      the same command with --resume goes on and ends in the same result.

      Without --student the student is a narrower copy of the first teacher. --feature lets a layer of the student, \
      through a learned projection, resemble one of the first teacher (FitNets); --attention compares where feature maps \
      are strong. Names are those of nodes or their outputs, as `compress inspect` lists them; where maps differ in size, \
      the larger is averaged to the smaller.

      \(DataOptions.forms)

      Examples:
        compress distill --teacher cnn.onnx --width 0.35 --train train.npz --eval test.npz --epochs 20 -o student.onnx
        compress distill --teacher big.onnx --student small.onnx --init fresh --train train.npz --eval test.npz \\
            --temperature 4 --alpha 0.9 --lr 2e-3 -o student.onnx
        compress distill --teacher a.onnx --teacher b.onnx --teacher-weight 2 --teacher-weight 1 \\
            --student small.onnx --train unlabelled.idx.gz -o student.onnx
        compress distill --teacher big.onnx --student small.onnx --feature layer3/Relu=relu2 \\
            --attention layer2/Relu=relu1 --train train.npz -o student.onnx
      """)

  @Option(
    name: .customLong("teacher"),
    help: ArgumentHelp("A trained network to learn from; may be repeated.", valueName: "model"),
    completion: ModelFile.completion)
  var teachers: [String] = []

  @Option(
    help: ArgumentHelp(
      "How much a teacher's opinion weighs, in the order of the teachers.", valueName: "weight"))
  var teacherWeight: [Double] = []

  @Option(
    help: ArgumentHelp("The network to train; it may be the teacher's own file.", valueName: "model"),
    completion: ModelFile.completion)
  var student: String?

  @Option(
    help: ArgumentHelp(
      "Instead of --student: a copy of the first teacher with this share of every layer's channels. Default: 0.5.",
      valueName: "share"))
  var width: Double?

  @Option(
    name: .customLong("init"),
    help:
      "What the student begins with: weights, those of the file or of the most important channels, or fresh ones."
  )
  var initialization = TrainingJob.Initialization.weights

  @Option(name: .customLong("train"), help: ArgumentHelp("Samples to train on.", valueName: "data"))
  var training: String

  @Option(
    name: .customLong("eval"),
    help: ArgumentHelp("Labelled samples to score teachers and student on.", valueName: "data"))
  var evaluation: String?

  @Option(help: ArgumentHelp("What logits are divided by before they are compared.", valueName: "number"))
  var temperature = 4.0

  @Option(
    help: ArgumentHelp(
      "The teachers' share of the loss, from 0 to 1. Default: 0.9; 1 without labels.", valueName: "share"))
  var alpha: Double?

  @Option(
    name: .customLong("feature"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Layers whose values are compared; may be repeated.", valueName: "teacher-node=student-node"))
  var features: [LayerPair] = []

  @Option(help: ArgumentHelp("The weight of the mean square error of these.", valueName: "weight"))
  var featureWeight = 1.0

  @Option(
    name: .customLong("attention"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Layers whose attention maps are compared; may be repeated.", valueName: "teacher-node=student-node"))
  var attention: [LayerPair] = []

  @Option(help: ArgumentHelp("The weight of half the square distance of these.", valueName: "weight"))
  var attentionWeight = 1.0

  @Option(help: "How often all samples are seen.")
  var epochs = 10

  @OptionGroup var file: NetworkOutputOptions

  @OptionGroup(title: "What teachers said") var cache: TeacherCacheOptions

  @OptionGroup(title: "How to train") var settings: TrainingOptionGroup
  @OptionGroup var shapes: ShapeOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !teachers.isEmpty else { throw ValidationError("name a trained network with --teacher") }
    guard student == nil || width == nil else {
      throw ValidationError("--student names the network, and --width makes one: give one of them")
    }
    if let width, !(width > 0 && width <= 1) {
      throw ValidationError("--width must be above 0 and at most 1")
    }
    guard (1...1_000_000).contains(epochs) else {
      throw ValidationError("--epochs must be from 1 to 1,000,000")
    }
    do {
      try distillation.validate(teachers: teachers.count)
    } catch let error as GraphError {
      throw ValidationError(error.message)
    }
    var inputs: [String: String?] = ["--train": training, "--eval": evaluation, "--student": student]
    for (index, teacher) in teachers.enumerated() {
      inputs["--teacher\(index == 0 ? "" : " \(index + 1)")"] = teacher
    }
    try file.check(inputs: inputs)
  }

  private var distillation: DistillationOptions {
    DistillationOptions(
      temperature: temperature, alpha: alpha, teacherWeights: teacherWeight, features: features,
      featureWeight: featureWeight, attention: attention, attentionWeight: attentionWeight)
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    try file.checkFolders()
    Parallelism.threadCount = file.threads
    var request = DistillationJob.Request(
      teacherPaths: teachers, student: student.map { .file($0) } ?? .width(width ?? 0.5),
      initialization: initialization, training: try data.dataSet(training),
      evaluation: try evaluation.map { try data.dataSet($0) }, distillation: distillation,
      options: settings.options(epochs: epochs), augmentation: settings.augmentation ?? .none,
      cache: cache.cache, resumes: file.resume, checkpointPath: file.checkpoint, outputPath: file.outputPath,
      reportPath: file.report, threads: file.threads, command: CommandText.current)
    request.inputShapes = shapes.shapes
    return try DistillationJob(request, progress: line.trainingEvents).run()
  }
}

extension LayerPair: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
