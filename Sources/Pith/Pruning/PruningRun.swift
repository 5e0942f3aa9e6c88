/// What the ways to prune have in common: the network before, the data, and how to train and score.
struct PruningRun {
  let job: PruningJob
  let original: Graph
  let material: TrainingMaterial
  let kind: LossKind

  var request: PruningJob.Request { job.request }
  var progress: TrainingEvents { job.progress }

  /// How good a network is on the data to evaluate on; nil where there are none.
  func score(_ graph: Graph, _ stage: String) throws -> NetworkScore? {
    guard let data = request.evaluation, let evaluation = material.evaluation else { return nil }
    return try NetworkScore.measure(
      graph.withSymbolicBatch(), on: data, as: evaluation, kind: kind, targets: material.targets,
      name: job.name
    ) { progress.stage(stage, $0, $1) }
  }

  /// The loss of a network, with the graph that is trained for it.
  func loss(_ graph: Graph) throws -> TrainingLoss {
    var loss = try TrainingLoss(
      kind, labelSmoothing: request.options.labelSmoothing, for: try graph.withSymbolicBatch(),
      hasTargets: material.targets != .classes)
    if let ratio = request.options.dropout { loss.graph = try loss.graph.settingDropout(ratio) }
    return loss
  }

  /// A network with other weights; those that training added, as a dropout's ratio, are not its.
  func applying(_ weights: Weights, to graph: Graph) -> Graph {
    var result = graph
    for index in graph.values.indices where graph.values[index].constant != nil {
      result.update(ValueID(index)) { $0.constant = weights[ValueID(index)] ?? $0.constant }
    }
    return result
  }

  /// The training samples in the order and with the augmentation of another seed.
  func training(seed: UInt64) throws -> LoadedData {
    let loader = material.training.loader
    return try LoadedData(
      BatchLoader(
        loader.samples, batchSize: request.options.batchSize, seed: seed, augmentation: loader.augmentation),
      sampleShape: try sampleShape, labels: labels(of: loader.samples.store))
  }

  private var sampleShape: [Int] {
    get throws { try FloatPredictor(original.withSymbolicBatch(), name: job.name).sampleShape }
  }

  private func labels(of store: SampleStore) -> [Int]? {
    material.targets == .classes ? store.classesOfTargets : nil
  }

  /// Some training samples, as they are, to measure losses on.
  func probe(limit: Int) throws -> LoadedData {
    let samples = material.training.loader.samples
    let count = Swift.min(limit, samples.count)
    let indices = (0..<count).map { samples.indices[$0 * samples.count / Swift.max(1, count)] }
    return try LoadedData(
      BatchLoader(
        evaluating: SampleSubset(samples.store, indices: indices),
        batchSize: Swift.min(128, Swift.max(1, count))),
      sampleShape: try sampleShape, labels: labels(of: samples.store))
  }

  /// A trainer's hooks for one of several rounds: epochs are counted on.
  func hooks(_ stage: String, offset: Int, of total: Int) -> TrainingHooks {
    let events = progress
    return TrainingHooks(
      afterEpoch: { state in
        guard var record = state.history.last else { return }
        record.epoch += offset
        events.epoch(record, total)
      },
      progress: { step in
        guard step.phase == .training else { return }
        let perEpoch = Swift.max(1, step.totalSteps / Swift.max(1, step.epochs))
        events.stage(stage, step.globalStep + offset * perEpoch, total * perEpoch)
      })
  }
}
