import PithEngine
import PithFiles
import PithGraph

/// Trains a graph's constants on batches of samples.
///
///     let loss = try TrainingLoss(.automatic, for: graph, hasTargets: false)
///     let trainer = try Trainer(loss.graph, objective: loss.objective, data: data, options: options)
///     let result = try trainer.run()
///     let trained = result.weights.applied(to: graph)
///
/// The same graph, data, options and hooks give the same weights, bit for bit, whatever the number of threads, and
/// whether or not the run was interrupted and went on from its checkpoint.
public final class Trainer {
  public let graph: Graph
  public let options: TrainingOptions
  /// The constants that are trained.
  public let parameters: [ValueID]
  public var hooks: TrainingHooks
  public internal(set) var state: TrainingState
  public let learningRates: LearningRates

  let data: any TrainingData
  let validation: (any TrainingData)?
  let validationObjective: any TrainingObjective
  let lossGradient: LossGradient
  let checkpoint: Checkpoint?
  /// What the trainer's parts of the checkpoint are called first.
  let name: String
  /// The constants that nothing may change, though they are averages over batches.
  private let frozen: Set<ValueID>
  /// Whether some batch norm has one number a channel of a single sample: no variance to normalize by.
  private let needsSeveralSamples: Bool
  var optimizer: Optimizer
  var average: MovingAverage?
  var stopping = EarlyStopping()
  var best: Weights?
  var hasStopped = false

  /// - Parameters:
  ///   - graph: with a symbolic batch.
  ///   - parameters: what is trained; nil for all weights, biases and scales that the options do not freeze.
  ///   - data: in batches of the options' size, shuffled.
  ///   - validation: samples to watch the loss on after each epoch; those that early stopping goes by.
  ///   - validationObjective: where it is another than the one that is trained.
  ///   - groups: parameters that are trained in their own way.
  ///   - constraints: where parameters have to stay.
  ///   - checkpoint: where the run's state is kept, if it is; what is in it already is gone on from.
  ///   - name: what the trainer's parts of the checkpoint are called.
  /// - Throws: `TrainingError` where the options do not fit, `GraphError` where the graph cannot be trained, and
  ///   `FileError` where the checkpoint does not fit.
  public init(
    _ graph: Graph, objective: any TrainingObjective, data: any TrainingData,
    validation: (any TrainingData)? = nil, validationObjective: (any TrainingObjective)? = nil,
    options: TrainingOptions, parameters: [ValueID]? = nil, groups: [ParameterGroup] = [],
    constraints: [ValueID: WeightConstraint] = [:], hooks: TrainingHooks = TrainingHooks(),
    checkpoint: Checkpoint? = nil, name: String = "train"
  ) throws {
    try options.validate()
    if options.patience != nil, validation == nil {
      throw TrainingError(
        "early stopping needs held-out samples to watch; hold some out, as with --holdout 0.1")
    }
    let frozen = try graph.frozenConstants(options.frozen)
    let parameters = (parameters ?? graph.trainableParameters()).filter { !frozen.contains($0) }
    guard !parameters.isEmpty else {
      throw TrainingError("the model has no weights that could be trained")
    }
    self.graph = graph
    self.options = options
    self.parameters = parameters
    self.hooks = hooks
    self.data = data
    self.validation = validation
    self.validationObjective = validationObjective ?? objective
    self.checkpoint = checkpoint
    self.name = name
    self.frozen = frozen
    needsSeveralSamples = graph.nodes.contains { node in
      guard node.op is BatchNormalization, let input = node.inputs.first ?? nil,
        let dimensions = graph[input].type?.shape.dimensions
      else { return false }
      return dimensions.dropFirst(2).allSatisfy { $0.size == 1 }
    }
    if needsSeveralSamples, options.batchSize == 1, data.batchCount > 1 {
      throw TrainingError("batch norm needs several samples a step; use a larger --batch")
    }
    lossGradient = try LossGradient(graph, parameters: parameters, objective: objective)
    optimizer = Optimizer(options, graph: graph, parameters: parameters, groups: groups)
    learningRates = LearningRates(
      base: options.optimizer.learningRate, schedule: options.schedule, warmUp: options.warmUp,
      totalSteps: options.epochs * data.batchCount, stepsPerEpoch: data.batchCount)
    state = TrainingState(
      weights: Weights(graph), constraints: constraints, totalSteps: options.epochs * data.batchCount,
      stepsPerEpoch: data.batchCount)
    state.applyConstraints()
    average = options.averageDecay.map { MovingAverage(decay: $0, weights: state.weights) }
    try restore()
  }

  /// Trains to the end.
  /// - Throws: `TrainingError` where the loss is not finite; what the data, the graph and the hooks throw; and
  ///   `FileError` where the checkpoint cannot be written.
  public func run() throws -> TrainingResult {
    while state.epoch < options.epochs, !hasStopped {
      try runEpoch()
      try save()
    }
    return TrainingResult(
      weights: best ?? resultWeights, history: state.history,
      bestEpoch: best == nil ? nil : stopping.bestEpoch, stoppedEarly: hasStopped, steps: state.globalStep)
  }

  /// The weights as they would be the result now: the average where one is kept.
  var resultWeights: Weights {
    guard let average else { return state.weights }
    var constrained = state
    constrained.weights = average.weights
    constrained.applyConstraints()
    return constrained.weights
  }

  private func runEpoch() throws {
    let start = ContinuousClock.now
    let before = state.seconds
    let batches = try data.batches(epoch: state.epoch, from: state.step)
    while let batch = try batches.next() {
      try hooks.beforeStep?(&state)
      let rate = learningRates.rate(state.globalStep)
      if batch.count > 1 || !needsSeveralSamples || data.batchCount == 1 { try step(batch, rate: rate) }
      state.step += 1
      state.globalStep += 1
      state.seconds = before + start.duration(to: .now) / .seconds(1)
      try report(.training, done: state.step, of: data.batchCount)
      if let checkpoint, checkpoint.isDue, state.step < data.batchCount { try save() }
    }
    let score = try validation.map { try evaluate($0) }
    state.seconds = before + start.duration(to: .now) / .seconds(1)
    state.history.append(record(score))
    watch(score)
    try hooks.afterEpoch?(&state)
    state.epoch += 1
    state.beginEpoch()
  }

  private func record(_ score: EvaluationScore?) -> EpochRecord {
    EpochRecord(
      epoch: state.epoch + 1, trainingLoss: state.lossSum / Double(max(1, state.sampleSum)),
      trainingAccuracy: state.correctSum.map { Double($0) / Double(max(1, state.sampleSum)) },
      evaluationLoss: score?.loss, evaluationAccuracy: score?.accuracy,
      learningRate: learningRates.rate(max(0, state.globalStep - 1)), seconds: state.seconds)
  }

  /// Keeps the best weights, and stops when nothing gets better.
  private func watch(_ score: EvaluationScore?) {
    guard let patience = options.patience, let score, hooks.isWatched?(state) ?? true else { return }
    if stopping.add(score.loss, epoch: state.epoch + 1) { best = resultWeights }
    hasStopped = stopping.isOver(patience: patience)
  }

  func report(_ phase: TrainingProgress.Phase, done: Int, of steps: Int) throws {
    try hooks.progress?(
      TrainingProgress(
        phase: phase, epoch: state.epoch, epochs: options.epochs, step: done, steps: steps,
        globalStep: state.globalStep, totalSteps: state.totalSteps,
        loss: state.lossSum / Double(max(1, state.sampleSum))))
  }

  // MARK: A step

  private func step(_ batch: TrainingBatch, rate: Double) throws {
    var value = try lossGradient.evaluate(
      batch, state.weights, seed: SeedMixer.mix(options.seed, UInt64(state.globalStep)),
      statisticsMomentum: Float(options.statisticsMomentum))
    guard value.loss.isFinite else { throw divergence("the loss is no longer a number", rate) }
    restrict(&value.gradients)
    var scale: Float = 1
    if let limit = options.clipNorm {
      let norm = GradientNorm.of(value.gradients)
      guard norm.isFinite else { throw divergence("the gradient is no longer finite", rate) }
      scale = GradientNorm.scale(norm: norm, limit: limit)
    }
    optimizer.update(&state.weights, gradients: &value.gradients, rate: rate, gradientScale: scale)
    var changed = parameters
    for (id, statistic) in value.statistics where !frozen.contains(id) {
      state.weights[id] = statistic
      changed.append(id)
    }
    state.applyConstraints()
    average?.add(state.weights, ids: changed, step: state.globalStep)
    state.lossSum += value.loss * Double(batch.count)
    state.sampleSum += batch.count
    if let correct = value.correct { state.correctSum = (state.correctSum ?? 0) + correct }
  }

  private func restrict(_ gradients: inout [Tensor?]) {
    guard !state.constraints.isEmpty else { return }
    for (index, id) in parameters.enumerated() {
      guard let constraint = state.constraints[id], constraint.mask != nil else { continue }
      gradients[index]?.withMutableFloats { values in
        values.withUnsafeMutableBufferPointer { constraint.restrict(gradient: $0) }
      }
    }
  }

  private func divergence(_ what: String, _ rate: Double) -> TrainingError {
    TrainingError(
      "training diverged: \(what) in epoch \(state.epoch + 1), step \(state.step + 1) of \(data.batchCount); use a smaller --lr (it was \(Float(rate))), or check --scale, --mean and --std"
    )
  }
}
