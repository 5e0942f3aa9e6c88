import Foundation

/// Channels are removed in rounds, with fine-tuning after each.
final class ChannelPruning {
  /// Where the rounds stand; what is left of the network follows from what was removed.
  private struct Progress: Codable {
    /// Rounds that are done, fine-tuning and all.
    var finished = 0
    /// The atoms that each round removed. The last may be one that is not done.
    var removals: [[Int]] = []
    var rounds: [PruningRound] = []
    var epochs: [Epoch] = []
  }

  private let run: PruningRun
  private let checkpoint: Checkpoint
  private let options: PruningOptions
  private var state = Progress()
  private var graph: Graph
  /// Per group, by its signature, how many atoms it had in the network that was read.
  private var wholes: [[Int]: Int] = [:]
  private var wholeCost = NetworkCost(multiplyAdds: 0, parameters: 0, bytes: 0)
  private var blocked: [BlockedGroup] = []

  init(_ run: PruningRun, _ checkpoint: Checkpoint) {
    self.run = run
    self.checkpoint = checkpoint
    options = run.request.pruning
    graph = run.original
  }

  func execute() throws -> PruningJob.Outcome {
    try lookAtTheWhole()
    try restore()
    for round in (state.finished + 1)..<(options.schedule.steps + 1) { try prune(round) }
    var outcome = PruningJob.Outcome(
      graph: graph, rounds: state.rounds, epochs: state.epochs, blocked: blocked)
    if case .sparsity(let share) = options.target {
      let reached =
        Double(state.removals.reduce(0) { $0 + $1.count })
        / Double(Swift.max(1, wholes.values.reduce(0, +)))
      outcome.warnAbout(share, reached, "channels", "--max-ratio and --round-to keep the others")
    }
    return outcome
  }

  private func lookAtTheWhole() throws {
    let dependencies = try DependencyGraph(graph)
    blocked = dependencies.unprunable.map { BlockedGroup(layers: $0.layers, reason: $0.obstacle.description) }
    guard !dependencies.groups.isEmpty else {
      let reason = blocked.first.map { ": '\($0.layers.first ?? "")' because of this: \($0.reason)" } ?? ""
      throw PithFailure("\(run.job.name): no channels can be removed\(reason)")
    }
    wholes = Dictionary(uniqueKeysWithValues: dependencies.groups.map { ($0.signature, $0.atoms.count) })
    wholeCost = PruningCost(dependencies).cost(removing: [])
  }

  // MARK: Rounds

  private func prune(_ round: Int) throws {
    if state.removals.count < round {
      let removed = try run.job.watch.time("choose") { try choose(round) }
      state.removals.append(removed.sorted())
      graph = try DependencyGraph(graph).removing(removed)
      let score = try run.job.watch.time("evaluate") { try run.score(graph, "evaluate round \(round)") }
      state.rounds.append(
        PruningRound(
          round: round, figures: try NetworkFigures(of: graph),
          accuracyBeforeTuning: score?.accuracy?.accuracy,
          epochs: epochs(of: round)))
      try save()
    }
    try tune(round)
    if state.rounds.indices.contains(round - 1), epochs(of: round) > 0 {
      let score = try run.job.watch.time("evaluate") { try run.score(graph, "evaluate round \(round)") }
      state.rounds[round - 1].accuracy = score?.accuracy?.accuracy
    }
    state.finished = round
    checkpoint.removeSections(prefix: "round\(round)/")
    try save()
  }

  /// The epochs are spread over the rounds; what does not come out even goes to the last.
  private func epochs(of round: Int) -> Int {
    guard run.request.tunes else { return 0 }
    let (steps, total) = (options.schedule.steps, run.request.options.epochs)
    return total * round / steps - total * (round - 1) / steps
  }

  private func tune(_ round: Int) throws {
    let epochs = epochs(of: round)
    guard epochs > 0 else { return }
    var settings = run.request.options
    settings.epochs = epochs
    // Each round sees the samples in its own order.
    settings.seed &+= UInt64(round - 1)
    let data = try run.training(seed: settings.seed)
    let loss = try run.loss(graph)
    let offset = state.epochs.count
    let trainer = try Trainer(
      loss.graph, objective: loss.objective, data: data, validation: run.material.validation,
      options: settings, constraints: loss.graph.zeroMasks(),
      hooks: run.hooks("fine-tune", offset: offset, of: run.request.options.epochs), checkpoint: checkpoint,
      name: "round\(round)")
    let result = try run.job.watch.time("fine-tune") { try trainer.run() }
    graph = run.applying(result.weights, to: graph)
    state.epochs += result.history.map { Epoch($0, offset: offset) }
  }

  // MARK: Choosing

  private func choose(_ round: Int) throws -> Set<Int> {
    let dependencies = try DependencyGraph(graph)
    let planner = PruningPlanner(
      dependencies, importance: try importance(dependencies), limits: options.limits, wholes: wholes)
    let done = options.schedule.progress(after: round)
    let family = try family(planner)
    var latency: ((Graph) throws -> Double)?
    if case .latency = options.target {
      let meter = try IntegerLatency(run.original, name: run.job.name)
      latency = { [run] graph in
        run.progress.stage("measure", 0, 0)
        return try meter.share(of: graph)
      }
    }
    return try planner.removal(
      family, meeting: try budget(done), wholeCount: wholes.values.reduce(0, +), latency: latency)
  }

  /// What the network may cost when that share of what is to go is gone.
  private func budget(_ done: Double) throws -> PruningBudget {
    switch options.target {
    case .sparsity(let share): return .sparsity(share * done)
    case .multiplyAdds(let share):
      return .multiplyAdds(Int(Double(wholeCost.multiplyAdds) * (1 - (1 - share) * done)))
    case .bytes(let bytes):
      let overhead = try FileOverhead.bytes(
        of: run.original, weights: wholeCost.bytes,
        epochs: run.request.tunes ? run.request.options.epochs : 0,
        rounds: options.schedule.steps)
      guard bytes > overhead else {
        throw PithFailure(
          "\(run.job.name): \(bytes) bytes cannot be met: the file has \(overhead) bytes without any weights")
      }
      let limit = Double(bytes - overhead)
      return .bytes(Int(Double(wholeCost.bytes) - (Double(wholeCost.bytes) - limit) * done))
    case .latency(let share): return .latency(1 - (1 - share) * done)
    }
  }

  private func family(_ planner: PruningPlanner) throws -> RemovalFamily {
    switch options.ratios {
    case .uniform: return planner.uniformFamily
    case .global: return planner.globalFamily
    case .sensitivity:
      let probe = try run.probe(limit: 1024)
      let curves = try planner.sensitivities(
        evaluate: { graph in
          let loss = try self.run.loss(graph)
          return try Trainer.evaluate(loss.graph, Weights(loss.graph), objective: loss.objective, on: probe)
            .loss
        }, progress: { self.run.progress.stage("sensitivity", $0, $1) })
      var saving = SensitivityPath.Saving.multiplyAdds
      if case .bytes = options.target { saving = .bytes }
      return planner.family(along: SensitivityPath.steps(curves, planner, saving: saving))
    }
  }

  private func importance(_ dependencies: DependencyGraph) throws -> ChannelImportance {
    guard options.importance == .taylor else {
      return try ChannelImportance(dependencies, method: options.importance)
    }
    let loss = try run.loss(graph)
    var taylor = TaylorImportance(dependencies)
    let parameters = taylor.parameters
    let gradient = try LossGradient(loss.graph, parameters: parameters, objective: loss.objective)
    let weights = Weights(loss.graph)
    let data = run.material.training
    let batches = try data.batches(epoch: 0, from: 0)
    let limit = Swift.min(64, data.batchCount)
    var done = 0
    while done < limit, let batch = try batches.next() {
      // With the recorded statistics: what matters is the network as it is used.
      let value = try gradient.evaluate(batch, weights, isTraining: false)
      let pairs = zip(parameters, value.gradients).compactMap { id, gradient in gradient.map { (id, $0) } }
      try taylor.add(gradients: Dictionary(uniqueKeysWithValues: pairs)) { weights[$0] }
      done += 1
      run.progress.stage("importance", done, limit)
    }
    return try taylor.importance()
  }

  // MARK: Checkpoint

  private func save() throws {
    try checkpoint.set("prune/state", state)
    checkpoint.set("prune/weights", floats: constants(of: graph).map { graph[$0].constant?.floats ?? [] })
    try checkpoint.save()
  }

  private func constants(of graph: Graph) -> [ValueID] {
    graph.values.indices.map { ValueID($0) }.filter { graph[$0].constant?.floats != nil }
  }

  private func restore() throws {
    guard let saved = try checkpoint.value("prune/state", as: Progress.self) else { return }
    state = saved
    for atoms in saved.removals { graph = try DependencyGraph(graph).removing(Set(atoms)) }
    guard let floats = try checkpoint.floats("prune/weights") else {
      throw checkpoint.damaged("prune/weights")
    }
    let constants = constants(of: graph)
    guard floats.count == constants.count, saved.finished <= options.schedule.steps else {
      throw checkpoint.damaged("prune/weights")
    }
    for (id, values) in zip(constants, floats) {
      guard let shape = graph[id].constant?.shape, Shape.elementCount(shape) == values.count else {
        throw checkpoint.damaged("prune/weights")
      }
      graph.update(id) { $0.constant = Tensor(shape: shape, floats: values) }
    }
  }
}
