import Foundation

extension QuantizationJob {
  /// Quantization-aware training after calibration: what the user asked for.
  public struct FineTuning {
    public var training: DataSet
    public var options: TrainingOptions
    public var augmentation: Augmentation
    /// The share of the loss that the fp32 network's probabilities have, from 0 to 1; the labels have the rest. Nil:
    /// `usualSoftTargets`, 1 where there are no labels, and 0 where the targets are numbers.
    public var softTargets: Double?
    /// What logits are divided by before these probabilities are compared.
    public var temperature: Double
    /// Whether to go on from the checkpoint, where there is one.
    public var resumes: Bool
    public var checkpointPath: String

    public static let usualSoftTargets = 0.5

    /// What fine-tuning is done with where the user says nothing: a small step, as the network is nearly there.
    public static var usualOptions: TrainingOptions {
      var options = TrainingOptions()
      options.optimizer = OptimizerOptions(.adam, learningRate: 1e-4)
      return options
    }

    public init(
      training: DataSet, options: TrainingOptions, augmentation: Augmentation = .none,
      softTargets: Double? = nil, temperature: Double = 1, resumes: Bool = false, checkpointPath: String
    ) {
      self.training = training
      self.options = options
      self.augmentation = augmentation
      self.softTargets = softTargets
      self.temperature = temperature
      self.resumes = resumes
      self.checkpointPath = checkpointPath
    }

    /// The options as a report names them.
    func settings(softTargets: Double) -> [Setting] {
      var result = [Setting("finetune", options.epochs)]
      result += options.settings.filter { $0.name != "epochs" }
      if !augmentation.isEmpty { result.append(Setting("augment", augmentation.description)) }
      result.append(Setting("soft-targets", softTargets))
      if softTargets > 0 { result.append(Setting("soft-temperature", temperature)) }
      return result
    }
  }
}

/// Trains a quantized model with the rounding of the integer program in the loop.
struct QuantizationFineTuner {
  let request: QuantizationJob.FineTuning
  let name: String
  let threads: Int
  let events: TrainingEvents

  /// What came of it.
  struct Outcome {
    var model: QuantizedModel
    var result: TrainingResult
    var samples: Int
    var settings: [Setting]
    var checkpoint: Checkpoint
  }

  /// - Parameters:
  ///   - model: of post-training quantization.
  ///   - reference: the fp32 network, simplified.
  ///   - evaluation: samples to watch the loss on.
  /// - Throws: one sentence.
  func run(_ model: QuantizedModel, reference: Graph, evaluation: DataSet?) throws -> Outcome {
    let aware = try QuantizationAwareGraph(model)
    let graph = try aware.trainingGraph.withSymbolicBatch()
    let material = try TrainingMaterial(
      training: request.training, evaluation: evaluation, for: graph, name: name, options: request.options,
      augmentation: request.augmentation, isLabelled: request.training.hasLabels, threads: threads,
      progress: events.stage)
    let loss = try request.training.hasLabels ? labelLoss(graph, material) : nil
    let share = try softShare(material.targets, loss, logits: try graph.logits())
    let (objective, trainable) = try objective(graph, reference, loss, share: share)
    let checkpoint = Checkpoint(
      path: request.checkpointPath, identity: try identity(trainable, material, share: share))
    if request.resumes { _ = try checkpoint.load() }
    let trainer = try Trainer(
      trainable, objective: objective, data: material.training, validation: material.validation,
      validationObjective: loss?.objective, options: request.options, groups: [aware.scaleGroup],
      constraints: aware.constraints, hooks: events.hooks("finetune"), checkpoint: checkpoint,
      name: "finetune")
    let result = try trainer.run()
    return Outcome(
      model: try aware.model(trained: result.weights.applied(to: aware.graph)), result: result,
      samples: material.training.sampleCount, settings: request.settings(softTargets: share),
      checkpoint: checkpoint)
  }

  /// The loss of labels.
  private func labelLoss(_ graph: Graph, _ material: TrainingMaterial) throws -> TrainingLoss {
    try TrainingLoss(
      request.options.loss, labelSmoothing: request.options.labelSmoothing, for: graph,
      hasTargets: material.targets != .classes)
  }

  /// The share of the fp32 network's probabilities.
  private func softShare(
    _ targets: TrainingTargets, _ loss: TrainingLoss?, logits: ValueID
  ) throws -> Double {
    guard let loss else {
      if let share = request.softTargets, share < 1 {
        throw PithFailure(
          "\(request.training.name) has no labels, so the fp32 network has to teach alone: leave --soft-targets out, or name labels as in IMAGES,LABELS"
        )
      }
      return 1
    }
    guard targets == .classes else {
      if let share = request.softTargets, share > 0 {
        throw PithFailure(
          "\(request.training.name) has numbers to predict and no classes: --soft-targets does not apply to them"
        )
      }
      return 0
    }
    // Both parts of the loss look at one output.
    guard loss.graph.outputs.first == logits, loss.kind != .meanSquaredError else {
      if let share = request.softTargets, share > 0 {
        throw PithFailure(
          "\(name): --soft-targets compares logits of classes, and \(loss.kind.rawValue) looks at something else; use --soft-targets 0"
        )
      }
      return 0
    }
    return request.softTargets ?? QuantizationJob.FineTuning.usualSoftTargets
  }

  /// What is trained towards, and the graph whose outputs it looks at.
  private func objective(
    _ graph: Graph, _ reference: Graph, _ loss: TrainingLoss?, share: Double
  ) throws -> (any TrainingObjective, Graph) {
    guard share > 0 else {
      guard let loss else { throw PithFailure("fine-tuning without labels needs --soft-targets 1") }
      return (loss.objective, loss.graph)
    }
    // Probabilities are compared by their logits, which both have.
    var trainable = loss?.graph ?? graph
    trainable.replaceOutputs([try graph.logits()])
    var taught = reference
    taught.replaceOutputs([try reference.logits()])
    let teacher = try Teacher(.init(name: "\(name) in fp32", graph: taught))
    let objective = try DistillationObjective(
      teachers: [teacher], options: DistillationOptions(temperature: request.temperature, alpha: share),
      labelLoss: loss?.objective)
    return (objective, trainable)
  }

  private func identity(
    _ graph: Graph, _ material: TrainingMaterial, share: Double
  ) throws -> RunIdentity {
    var identity = RunIdentity()
    try identity.add(options: request.options)
    identity.add("augmentation", request.augmentation.description)
    identity.add("soft targets", "\(share) at \(request.temperature)")
    identity.add("the quantized model", hash: graph.contentHash)
    identity.add("the training data", hash: material.contentHash)
    return identity
  }
}
