import Foundation

/// `compress train`: a network from a file to a trained one, step by step.
public final class TrainingJob {
  /// Where the weights that training begins with come from.
  public enum Initialization: String, Codable, CaseIterable, Sendable {
    case weights
    case fresh
  }

  /// What the user asked for.
  public struct Request {
    public var modelPath: String
    /// The shapes that inputs are to have, by their names, where the file leaves them open.
    public var inputShapes: [String: [Int]] = [:]
    public var training: DataSet
    /// Labelled samples to score the network on.
    public var evaluation: DataSet?
    public var initialization: Initialization
    public var options: TrainingOptions
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
      initialization: Initialization = .weights, options: TrainingOptions = TrainingOptions(),
      augmentation: Augmentation = .none, resumes: Bool = false, checkpointPath: String? = nil,
      outputPath: String, reportPath: String? = nil, threads: Int = Parallelism.threadCount,
      command: String = ""
    ) {
      self.modelPath = modelPath
      self.training = training
      self.evaluation = evaluation
      self.initialization = initialization
      self.options = options
      self.augmentation = augmentation
      self.resumes = resumes
      self.checkpointPath = checkpointPath ?? outputPath + ".checkpoint"
      self.outputPath = outputPath
      self.reportPath = reportPath
      self.threads = threads
      self.command = command
    }
  }

  private let request: Request
  private let progress: TrainingEvents
  private let watch = Stopwatch()
  private let name: String

  public init(_ request: Request, progress: TrainingEvents = TrainingEvents()) {
    self.request = request
    self.progress = progress
    name = (request.modelPath as NSString).lastPathComponent
  }

  /// Does the work and writes the files; the checkpoint is removed when they are there.
  /// - Throws: one sentence; then no output has been written.
  public func run() throws -> TrainingReport {
    Parallelism.threadCount = request.threads
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
    let before = try watch.time("evaluate") { try scoreBefore(graph, material, loss.kind) }
    lineage.measured(before?.accuracy, on: request.evaluation?.name)

    let checkpoint = Checkpoint(path: request.checkpointPath, identity: try identity(graph, material))
    if request.resumes { _ = try checkpoint.load() }
    let trainer = try makeTrainer(loss, material, checkpoint)
    let resumedEpochs = trainer.state.globalStep > 0 ? trainer.state.epoch : nil
    let result = try watch.time("train") { try trainer.run() }
    // Weights, by their identifiers, into the network as it was read: softmax, batch and all.
    let trained = result.weights.applied(to: original)
    try TrainingJob.checkFinite(trained, name: name)
    let after = try watch.time("evaluate") {
      try score(result.weights.applied(to: graph), material, loss.kind, "evaluate")
    }
    let report = try report(
      original, trained, material, loss.kind, result, before: before, after: after,
      resumedEpochs: resumedEpochs)
    let finished = try NetworkWriter.write(
      trained, report, as: .trained, lineage: lineage, to: request.outputPath,
      reportPath: request.reportPath)
    checkpoint.remove()
    return finished
  }

  // MARK: Steps

  private func makeTrainer(
    _ loss: TrainingLoss, _ material: TrainingMaterial, _ checkpoint: Checkpoint
  ) throws -> Trainer {
    var graph = loss.graph
    if request.initialization == .fresh {
      graph = graph.freshlyInitialized(
        seed: request.options.seed, frozen: try graph.frozenConstants(request.options.frozen))
    }
    if let ratio = request.options.dropout { graph = try graph.settingDropout(ratio) }
    return try Trainer(
      graph, objective: loss.objective, data: material.training, validation: material.validation,
      options: request.options, constraints: request.initialization == .weights ? graph.zeroMasks() : [:],
      hooks: progress.hooks(), checkpoint: checkpoint)
  }

  private func identity(_ graph: Graph, _ material: TrainingMaterial) throws -> RunIdentity {
    var identity = RunIdentity()
    try identity.add(options: request.options)
    identity.add("initialization", request.initialization.rawValue)
    identity.add("augmentation", request.augmentation.description)
    identity.add("the model", hash: graph.contentHash)
    identity.add("the training data", hash: material.contentHash)
    return identity
  }

  /// A network that begins anew has no score before.
  private func scoreBefore(
    _ graph: Graph, _ material: TrainingMaterial, _ kind: LossKind
  ) throws -> NetworkScore? {
    request.initialization == .fresh ? nil : try score(graph, material, kind, "evaluate before")
  }

  private func score(
    _ graph: Graph, _ material: TrainingMaterial, _ kind: LossKind, _ stage: String
  ) throws -> NetworkScore? {
    guard let data = request.evaluation, let evaluation = material.evaluation else { return nil }
    return try NetworkScore.measure(
      graph, on: data, as: evaluation, kind: kind, targets: material.targets, name: name
    ) { progress.stage(stage, $0, $1) }
  }

  static func checkFinite(_ graph: Graph, name: String) throws {
    for value in graph.values where value.constant?.floats?.contains(where: { !$0.isFinite }) == true {
      throw TrainingError(
        "training diverged: '\(value.name)' of \(name) is no longer finite after the last step; use a smaller --lr"
      )
    }
  }

  // MARK: Report

  private func report(
    _ original: Graph, _ trained: Graph, _ material: TrainingMaterial, _ kind: LossKind,
    _ result: TrainingResult, before: NetworkScore?, after: NetworkScore?, resumedEpochs: Int?
  ) throws -> TrainingReport {
    var figures = try NetworkFigures(of: original)
    figures.bytes = FileSize.bytes(request.modelPath)
    var settings = [Setting("loss", kind.rawValue)] + request.options.settings
    if !request.augmentation.isEmpty { settings.append(Setting("augment", request.augmentation.description)) }
    return TrainingReport(
      tool: .init(name: "pith", version: Pith.version), command: request.command, model: name,
      input: .init(
        path: request.modelPath, bytes: FileSize.bytes(request.modelPath),
        format: LoadedModel.format(of: request.modelPath)),
      output: .init(path: request.outputPath, bytes: 0), settings: settings,
      initialization: request.initialization.rawValue, samples: material.training.sampleCount,
      accuracy: after?.change(from: before),
      evaluationData: request.evaluation.map { Lineage.shortName($0.name) }, before: figures,
      after: try NetworkFigures(of: trained), epochs: result.history.map { Epoch($0) },
      bestEpoch: result.bestEpoch,
      stoppedEarly: result.stoppedEarly, resumedEpochs: resumedEpochs,
      warnings: warnings(original, material, result), seconds: watch.stages)
  }

  private func warnings(
    _ graph: Graph, _ material: TrainingMaterial, _ result: TrainingResult
  ) -> [String] {
    var warnings = graph.outputWarnings(name)
    if material.takesClassesAsNumbers {
      warnings.append(
        "the whole numbers of \(Lineage.shortName(request.training.name)) are taken as numbers to predict, by mean squared error; for two classes label them 0 and 1"
      )
    }
    let convolutions = graph.nodes.count(where: { $0.op is Conv })
    if request.initialization == .fresh, convolutions > 2,
      !graph.nodes.contains(where: { $0.op is BatchNormalization })
    {
      warnings.append(
        "\(name) has no batch norm, which a fresh initialization wants: its exporter may have folded it into the convolutions; export with training=torch.onnx.TrainingMode.PRESERVE to keep it"
      )
    }
    if request.evaluation == nil {
      warnings.append("without --eval nobody knows how good the trained network is")
    }
    if let last = result.history.last, let first = result.history.first, result.history.count > 1,
      last.trainingLoss > first.trainingLoss
    {
      warnings.append("the loss did not fall: try a smaller --lr, and check --scale, --mean and --std")
    }
    return warnings
  }
}
