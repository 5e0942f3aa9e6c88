import ArgumentParser
import Foundation
import Pith

struct Prune: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Removes channels, or makes weights zero, and fine-tunes what is left.",
    discussion: """
      Writes ONNX, whatever the format that it reads. --structure channel removes whole channels and units with everything that depends on them, so that \
      every runtime is faster; the report says which channels could not be removed and why. The other structures make \
      weights zero: single ones, two of every four neighbours, or blocks of 16 outputs by 4 inputs, which the Pith runtime \
      skips.

      While it works, OUT.onnx.checkpoint holds where it stands; after an interruption the same command with --resume goes \
      on and ends in the same result.

      \(DataOptions.forms)

      Examples:
        compress prune model.onnx --train train.npz --eval test.npz --macs 0.35 -o small.onnx
        compress prune model.onnx --train train.npz --eval test.npz --sparsity 0.5 --round-to 16 -o small.onnx
        compress prune model.onnx --train train.npz --eval test.npz --latency 0.5 --importance taylor \\
            --schedule iterative --steps 3 --epochs 6 -o small.onnx
        compress prune model.onnx --train train.npz --eval test.npz --structure block --sparsity 0.75 -o sparse.onnx
      """)

  @Argument(help: ModelFile.help, completion: ModelFile.completion)
  var model: String

  @Option(
    name: .customLong("train"), help: ArgumentHelp("Labelled samples to fine-tune on.", valueName: "data"))
  var training: String

  @Option(
    name: .customLong("eval"),
    help: ArgumentHelp("Labelled samples to score the network on.", valueName: "data"))
  var evaluation: String?

  @Option(help: "What to take out: channel, unstructured, 2:4 or block.")
  var structure = PruningStructure.channel

  @Option(
    help: ArgumentHelp("The share of the channels or weights to take out. Default: 0.5.", valueName: "share"))
  var sparsity: Double?

  @Option(help: ArgumentHelp("Keep at most this share of the multiply-adds.", valueName: "share"))
  var macs: Double?

  @Option(help: ArgumentHelp("Keep at most so many bytes of the file, as 100K or 2M.", valueName: "size"))
  var bytes: ByteCount?

  @Option(
    help: ArgumentHelp("Keep at most this share of the latency on the integer kernels.", valueName: "share"))
  var latency: Double?

  @Option(
    help: ArgumentHelp(
      "What makes a channel matter: l1, l2, geometric-median, bn-scale or taylor; or a weight: magnitude, or activation (its magnitude times that of its inputs). Default: \(PruningOptions().importance.rawValue), for weights \(PruningOptions().weightImportance.rawValue).",
      valueName: "importance"))
  var importance: ImportanceChoice?

  @Option(
    help: ArgumentHelp(
      "How channels are spread over layers: uniform, global (the least important ones of all), or sensitivity (where the measured loss grows least). Default: \(PruningOptions().ratios.rawValue).",
      valueName: "ratios"))
  var ratios: RatioPolicy?

  @Option(
    help: ArgumentHelp(
      "Keep a multiple of so many channels of each layer, as 16, the width of the integer kernels. Default: 1.",
      valueName: "channels"))
  var roundTo: Int?

  @Option(
    help: ArgumentHelp(
      "The largest share of a layer's channels that may go. Default: 0.95.", valueName: "share"))
  var maxRatio: Double?

  @Option(
    help: ArgumentHelp(
      "Among which weights the smallest go: layer, the same share of each, or global. Default: global.",
      valueName: "scope"))
  var scope: SparsityScope?

  @Option(
    help: ArgumentHelp(
      "one-shot, iterative (equal steps) or gradual (the first steps are the largest), with fine-tuning after each. Default: one-shot for channels, else gradual.",
      valueName: "schedule"))
  var schedule: ScheduleKind?

  @Option(help: "Steps of the schedule. Default: 2 for channels, else 20.")
  var steps: Int?

  @Option(help: "How often all samples are seen while fine-tuning, in all rounds together; 0 for none.")
  var epochs = 5

  @OptionGroup var file: NetworkOutputOptions

  @OptionGroup(title: "How to fine-tune") var settings: TrainingOptionGroup
  @OptionGroup var shapes: ShapeOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  enum ScheduleKind: String, ExpressibleByArgument, CaseIterable {
    case oneShot = "one-shot"
    case iterative
    case gradual
  }

  func validate() throws {
    guard (0...1_000_000).contains(epochs) else {
      throw ValidationError("--epochs must be from 0 to 1,000,000")
    }
    let budgets = [
      ("--sparsity", sparsity != nil), ("--macs", macs != nil), ("--bytes", bytes != nil),
      ("--latency", latency != nil),
    ].filter(\.1).map(\.0)
    guard budgets.count <= 1 else {
      throw ValidationError("\(budgets.joined(separator: " and ")) exclude each other")
    }
    let foreign =
      structure == .channel
      ? [("--scope", scope != nil)]
      : [
        ("--ratios", ratios != nil), ("--round-to", roundTo != nil), ("--max-ratio", maxRatio != nil),
      ]
    if let option = foreign.first(where: \.1) {
      throw ValidationError("\(option.0) has no meaning with --structure \(structure.rawValue)")
    }
    if let importance, importance.isOfChannels != (structure == .channel) {
      throw ValidationError(
        "--importance \(importance.rawValue) has no meaning with --structure \(structure.rawValue)")
    }
    if steps != nil, schedule == .oneShot || (schedule == nil && structure == .channel) {
      throw ValidationError("--steps has no meaning with --schedule one-shot; choose iterative or gradual")
    }
    do {
      try pruningOptions.validate()
    } catch let error as PruningOptionsError {
      throw ValidationError(error.description)
    }
    try file.check(inputs: ["the model": model, "--train": training, "--eval": evaluation])
  }

  private var target: PruningTarget {
    if let macs { return .multiplyAdds(macs) }
    if let bytes { return .bytes(bytes.bytes) }
    if let latency { return .latency(latency) }
    return .sparsity(sparsity ?? 0.5)
  }

  private var pruningOptions: PruningOptions {
    var options = PruningOptions()
    options.structure = structure
    options.target = target
    switch importance {
    case .channels(let method)?: options.importance = method
    case .weights(let method)?: options.weightImportance = method
    case nil: break
    }
    options.ratios = ratios ?? options.ratios
    options.scope = scope ?? options.scope
    options.limits.roundTo = roundTo ?? options.limits.roundTo
    options.limits.largestRatio = maxRatio ?? options.limits.largestRatio
    let isChannel = structure == .channel
    let steps = steps ?? (isChannel ? 2 : 20)
    switch schedule ?? (isChannel ? .oneShot : .gradual) {
    case .oneShot: options.schedule = .oneShot
    case .iterative: options.schedule = .iterative(steps: steps)
    case .gradual: options.schedule = .gradual(steps: steps)
    }
    return options
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    try file.checkFolders()
    Parallelism.threadCount = file.threads
    var request = PruningJob.Request(
      modelPath: model, training: try data.dataSet(training),
      evaluation: try evaluation.map { try data.dataSet($0) }, pruning: pruningOptions,
      options: settings.options(epochs: max(1, epochs), over: PruningJob.usualOptions), tunes: epochs > 0,
      augmentation: settings.augmentation ?? .none, resumes: file.resume, checkpointPath: file.checkpoint,
      outputPath: file.outputPath, reportPath: file.report, threads: file.threads,
      command: CommandText.current)
    request.inputShapes = shapes.shapes
    return try PruningJob(request, progress: line.trainingEvents).run()
  }
}

extension PruningStructure: ExpressibleByArgument {}

/// What `--importance` takes: a method for channels or one for weights.
enum ImportanceChoice: ExpressibleByArgument {
  case channels(ImportanceMethod)
  case weights(WeightImportance)

  init?(argument: String) {
    if let method = ImportanceMethod(rawValue: argument) {
      self = .channels(method)
    } else if let method = WeightImportance(rawValue: argument) {
      self = .weights(method)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] {
    ImportanceMethod.allCases.map(\.rawValue) + WeightImportance.allCases.map(\.rawValue)
  }

  var isOfChannels: Bool {
    if case .channels = self { true } else { false }
  }

  var rawValue: String {
    switch self {
    case .channels(let method): method.rawValue
    case .weights(let method): method.rawValue
    }
  }
}

extension RatioPolicy: ExpressibleByArgument {}
extension SparsityScope: ExpressibleByArgument {}
