import Foundation

/// Weights become zero while the network is fine-tuned, and stay so.
final class WeightPruning {
  private let run: PruningRun
  private let checkpoint: Checkpoint
  private let options: PruningOptions
  private let plan: SparsePlan
  private let sparsity: Double
  /// Nil where only magnitudes count.
  private var inputs: InputMagnitudes?

  init(_ run: PruningRun, _ checkpoint: Checkpoint) throws {
    self.run = run
    self.checkpoint = checkpoint
    options = run.request.pruning
    var plan = try SparsePlan(run.original, pattern: options.structure.pattern ?? .unstructured)
    plan.leave(try run.original.frozenConstants(run.request.options.frozen), because: "it is frozen")
    self.plan = plan
    guard case .sparsity(let share) = options.target else {
      throw PithFailure("a sparsity is needed to prune \(options.structure.rawValue)")
    }
    // Of the groups of four all lose two.
    sparsity = options.structure == .twoOfFour ? 1 : share
  }

  func execute() throws -> PruningJob.Outcome {
    guard !plan.layers.isEmpty else {
      let reason = plan.skipped.first.map { ": '\($0.name)' because \($0.reason)" } ?? ""
      throw PithFailure("\(run.job.name): no weights can be pruned\(reason)")
    }
    try look()
    var outcome = PruningJob.Outcome(graph: run.original)
    outcome.blocked = plan.skipped.map { BlockedGroup(layers: [$0.name], reason: $0.reason) }
    // Before any fine-tuning, where all goes at once.
    let isSingle = options.schedule.steps == 1 || !run.request.tunes
    let first = isSingle ? try masked(run.original, share: sparsity) : nil
    let score = try first.flatMap { graph in
      try run.job.watch.time("evaluate") { try run.score(graph, "evaluate pruned") }
    }
    if run.request.tunes { try tune(&outcome) }
    // What training gives may be an average, or an epoch from before the last step.
    outcome.graph = try masked(outcome.graph, share: sparsity)
    let round = PruningRound(
      round: 1, figures: try NetworkFigures(of: outcome.graph),
      accuracyBeforeTuning: score?.accuracy?.accuracy,
      epochs: outcome.epochs.count)
    outcome.rounds = [round]
    let pruned = plan.layers.compactMap { outcome.graph[$0.constant].constant?.floats }
    let zeros = pruned.reduce(0) { $0 + $1.count { $0 == 0 } }
    let share = Double(zeros) / Double(Swift.max(1, pruned.reduce(0) { $0 + $1.count }))
    // What 2:4 takes follows from the layers' sizes.
    if options.structure != .twoOfFour {
      outcome.warnAbout(sparsity, share, "weights", "every layer keeps some")
    }
    return outcome
  }

  /// Measures the inputs of the layers in the network before.
  private func look() throws {
    guard options.weightImportance == .activation else { return }
    var inputs = try InputMagnitudes(plan, of: try run.original.withSymbolicBatch())
    let probe = try run.probe(limit: 1024)
    let batches = try probe.batches(epoch: 0, from: 0)
    var done = 0
    while let batch = try batches.next() {
      try inputs.add(batch.inputs)
      done += 1
      run.progress.stage("look at inputs", done, probe.batchCount)
    }
    self.inputs = inputs
  }

  /// Which weights stay.
  private func masks(share: Double, _ weights: (ValueID) -> Tensor?) throws -> [ValueID: [Bool]] {
    try plan.masks(sparsity: share, scope: options.scope) { id in
      weights(id).map { inputs?.scaled($0, of: id) ?? $0 }
    }
  }

  /// The network with the least important of its weights zero.
  private func masked(_ graph: Graph, share: Double) throws -> Graph {
    var result = graph
    for (id, mask) in try masks(share: share, { graph[$0].constant }) {
      result.update(id) { value in
        value.constant?.withMutableFloats { floats in
          for index in floats.indices where !mask[index] { floats[index] = 0 }
        }
      }
    }
    return result
  }

  private func tune(_ outcome: inout PruningJob.Outcome) throws {
    let settings = run.request.options
    let loss = try run.loss(run.original)
    var hooks = run.hooks("fine-tune", offset: 0, of: settings.epochs)
    hooks.beforeStep = { [self] state in
      guard let step = Self.step(at: state.globalStep, of: state.totalSteps, options.schedule) else { return }
      let weights = state.weights
      let masks = try masks(share: sparsity * options.schedule.progress(after: step)) { weights[$0] }
      for (id, mask) in masks { state.constraints[id] = WeightConstraint(mask: mask) }
      state.applyConstraints()
    }
    // While weights still go, the loss rises for that.
    hooks.isWatched = { [options] state in
      state.globalStep > Self.lastStep(of: state.totalSteps, options.schedule)
    }
    let trainer = try Trainer(
      loss.graph, objective: loss.objective, data: run.material.training, validation: run.material.validation,
      options: settings, hooks: hooks, checkpoint: checkpoint, name: "prune")
    let result = try run.job.watch.time("fine-tune") { try trainer.run() }
    outcome.graph = run.applying(result.weights, to: run.original)
    let steps = run.material.training.batchCount
    outcome.epochs = result.history.map { record in
      var epoch = Epoch(record)
      epoch.sparsity = share(after: record.epoch * steps, of: settings.epochs * steps)
      return epoch
    }
  }

  /// Which step of the schedule, from 1, falls on a step of training: they are spread over its first three quarters, so
  /// that what is left can settle.
  static func step(at position: Int, of total: Int, _ schedule: PruningSchedule) -> Int? {
    let last = Swift.max(1, total * 3 / 4)
    return (1...schedule.steps).last { (($0 - 1) * last) / schedule.steps == position }
  }

  /// The step of training that the schedule's last step falls on.
  static func lastStep(of total: Int, _ schedule: PruningSchedule) -> Int {
    (schedule.steps - 1) * Swift.max(1, total * 3 / 4) / schedule.steps
  }

  /// The share of the weights that are zero after so many steps of training.
  private func share(after position: Int, of total: Int) -> Double {
    let step = (0..<position).reversed().lazy.compactMap {
      Self.step(at: $0, of: total, self.options.schedule)
    }.first
    let share = sparsity * options.schedule.progress(after: step ?? 0)
    return options.structure == .twoOfFour ? share / 2 : share
  }
}
