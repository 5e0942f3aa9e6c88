import Foundation

/// `compress prune`: a network from a file to a smaller one, step by step.
public final class PruningJob {
  /// What the user asked for.
  public struct Request {
    public var modelPath: String
    /// The shapes that inputs are to have, by their names, where the file leaves them open.
    public var inputShapes: [String: [Int]] = [:]
    public var training: DataSet
    /// Labelled samples to score the network on.
    public var evaluation: DataSet?
    public var pruning: PruningOptions
    /// How to fine-tune; its epochs are those of all rounds together. Its loss also scores, and its batches are those
    /// that importance is measured on.
    public var options: TrainingOptions
    /// Whether to fine-tune at all.
    public var tunes: Bool
    public var augmentation: Augmentation
    /// Whether to go on from the checkpoint, where there is one.
    public var resumes: Bool
    public var checkpointPath: String
    public var outputPath: String
    /// Where to write the report as one HTML page.
    public var reportPath: String?
    public var threads: Int
    /// For the report.
    public var command: String

    public init(
      modelPath: String, training: DataSet, evaluation: DataSet? = nil,
      pruning: PruningOptions = PruningOptions(),
      options: TrainingOptions = PruningJob.usualOptions, tunes: Bool = true,
      augmentation: Augmentation = .none,
      resumes: Bool = false,
      checkpointPath: String? = nil, outputPath: String, reportPath: String? = nil,
      threads: Int = Parallelism.threadCount, command: String = ""
    ) {
      self.modelPath = modelPath
      self.training = training
      self.evaluation = evaluation
      self.pruning = pruning
      self.options = options
      self.tunes = tunes
      self.augmentation = augmentation
      self.resumes = resumes
      self.checkpointPath = checkpointPath ?? outputPath + ".checkpoint"
      self.outputPath = outputPath
      self.reportPath = reportPath
      self.threads = threads
      self.command = command
    }
  }

  /// What fine-tuning is done with where the user says nothing: a larger step than training's, as much has to move.
  public static var usualOptions: TrainingOptions {
    var options = TrainingOptions()
    options.optimizer = OptimizerOptions(.adam, learningRate: 2e-3)
    return options
  }

  let request: Request
  let progress: TrainingEvents
  let watch = Stopwatch()
  let name: String

  public init(_ request: Request, progress: TrainingEvents = TrainingEvents()) {
    self.request = request
    self.progress = progress
    name = (request.modelPath as NSString).lastPathComponent
  }

  /// What pruning made of the network.
  struct Outcome {
    /// As it was read, but smaller.
    var graph: Graph
    var rounds: [PruningRound] = []
    var epochs: [Epoch] = []
    var blocked: [BlockedGroup] = []
    var warnings: [String] = []

    /// Warns where less than was asked for could go.
    mutating func warnAbout(_ wanted: Double, _ reached: Double, _ what: String, _ why: String) {
      guard reached < wanted - 0.005 else { return }
      func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
      warnings.append(
        "\(percent(wanted)) of the \(what) were to go, and \(percent(reached)) are gone: \(why)")
    }
  }

  /// Does the work and writes the files; the checkpoint is removed when they are there.
  /// - Throws: one sentence; then no output has been written.
  public func run() throws -> PruningReport {
    Parallelism.threadCount = request.threads
    try request.pruning.validate()
    let original = try watch.time("import") {
      try LoadedModel.portable(path: request.modelPath, inputShapes: request.inputShapes)
    }
    let graph = try original.withSymbolicBatch()
    var lineage = try Lineage(of: original, path: request.modelPath)
    let material = try watch.time("read") {
      try TrainingMaterial(
        training: request.training, evaluation: request.evaluation, for: graph, name: name,
        options: request.options, augmentation: request.augmentation, threads: request.threads,
        progress: progress.stage)
    }
    let loss = try TrainingLoss(
      request.options.loss, labelSmoothing: request.options.labelSmoothing, for: graph,
      hasTargets: material.targets != .classes)
    let run = PruningRun(job: self, original: original, material: material, kind: loss.kind)
    let before = try watch.time("evaluate") { try run.score(original, "evaluate before") }
    lineage.measured(before?.accuracy, on: request.evaluation?.name)

    let checkpoint = Checkpoint(path: request.checkpointPath, identity: try identity(graph, material))
    if request.resumes { _ = try checkpoint.load() }
    let outcome =
      try request.pruning.structure == .channel
      ? ChannelPruning(run, checkpoint).execute() : WeightPruning(run, checkpoint).execute()
    try TrainingJob.checkFinite(outcome.graph, name: name)
    let after = try watch.time("evaluate") { try run.score(outcome.graph, "evaluate") }
    let report = try report(original, outcome, material, loss.kind, before: before, after: after)
    let finished = try NetworkWriter.write(
      outcome.graph, report, as: .pruned, lineage: lineage, to: request.outputPath,
      reportPath: request.reportPath)
    checkpoint.remove()
    return warnedOfSize(finished)
  }

  private func identity(_ graph: Graph, _ material: TrainingMaterial) throws -> RunIdentity {
    var identity = RunIdentity()
    try identity.add(options: request.options)
    try identity.add(options: request.pruning, prefix: "pruning")
    identity.add("fine-tuning", request.tunes ? "yes" : "no")
    identity.add("augmentation", request.augmentation.description)
    identity.add("the model", hash: graph.contentHash)
    identity.add("the training data", hash: material.contentHash)
    return identity
  }
}
