import Foundation

/// The data of a training run, read and cut: what commands that train have in common.
public struct TrainingMaterial: Sendable {
  /// Shuffled, in batches of the options' size.
  public let training: LoadedData
  /// Samples that were taken out of the training data; early stopping goes by them.
  public let heldOut: LoadedData?
  /// The samples to evaluate on.
  public let evaluation: LoadedData?
  /// Classes or numbers.
  public let targets: TrainingTargets
  /// Whether labels that could be classes are not taken as such, because the network's one output has no room for them.
  public let takesClassesAsNumbers: Bool
  /// Of the training samples, in the form of a hash: whether a checkpoint belongs to them.
  public let contentHash: UInt64

  /// What the loss is watched on after each epoch.
  public var validation: LoadedData? { heldOut ?? evaluation }

  /// Reads the data sets.
  /// - Parameters:
  ///   - graph: what is to be trained, with a symbolic batch.
  ///   - name: of the model, for messages.
  ///   - isLabelled: whether labels are needed; without them there is nothing to evaluate.
  ///   - progress: called with a stage and how far it is.
  /// - Throws: `FileError`, `PithFailure` or `AugmentationError` where data cannot be read or do not fit the graph.
  public init(
    training: DataSet, evaluation: DataSet?, for graph: Graph, name: String, options: TrainingOptions,
    augmentation: Augmentation = .none, isLabelled: Bool = true, threads: Int,
    progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    let predictor = try FloatPredictor(graph, name: name)
    try predictor.check(training)
    if let evaluation {
      try predictor.check(evaluation)
      try evaluation.checkClasses(like: training)
    }
    try options.validate()
    let store = try Self.read(training, "read", isLabelled: isLabelled, threads: threads, progress)
    let classes = isLabelled ? store.classesOfTargets : nil
    let outputs = Self.outputCount(graph)
    targets = TrainingTargets(
      classes: classes, numberCount: store.targetCount, loss: options.loss, outputs: outputs,
      hasOpenEnd: TrainingLoss.hasOpenEnd(graph))
    takesClassesAsNumbers = classes != nil && targets != .classes && options.loss == .automatic
    if isLabelled, case .numbers(let count) = targets, let outputs, count != outputs {
      throw PithFailure(
        "\(store.name): its labels are no classes but \(count) number\(count == 1 ? "" : "s") a sample, and \(name) gives \(outputs); give class numbers, or as many numbers as the model has outputs"
      )
    }
    try Self.checkRange(of: store, targets, for: graph, options.loss)
    let labels = targets == .classes ? classes : nil
    try Self.check(labels, below: outputs, of: store.name, model: name)

    var samples = store.allSamples
    var heldOut: SampleSubset?
    if options.usedHoldout > 0 {
      (samples, heldOut) = try store.split(holdingOut: .fraction(options.usedHoldout), seed: options.seed)
    }
    let shape = predictor.sampleShape
    self.training = try LoadedData(
      BatchLoader(samples, batchSize: options.batchSize, seed: options.seed, augmentation: augmentation),
      sampleShape: shape, labels: labels)
    self.heldOut = try heldOut.map {
      try LoadedData(
        BatchLoader(evaluating: $0, batchSize: Self.evaluationBatch), sampleShape: shape, labels: labels)
    }
    // Without labels to learn from, those to score by are classes, too.
    let targets = targets
    let wantsClasses = targets == .classes || !isLabelled
    self.evaluation = try evaluation.map { data in
      guard data.hasLabels || !isLabelled else {
        throw PithFailure(
          "\(data.name) has no labels to score by; name them after a comma, as in IMAGES,LABELS")
      }
      let store = try Self.read(data, "read", isLabelled: data.hasLabels, threads: threads, progress)
      let classes = wantsClasses ? store.classesOfTargets : nil
      if wantsClasses, data.hasLabels, classes == nil {
        let others = isLabelled ? "those of \(training.name) are" : "the network predicts classes"
        throw PithFailure("\(store.name): its labels are no classes, but \(others)")
      }
      if case .numbers(let count) = targets, isLabelled, store.targetCount != count {
        throw PithFailure(
          "\(store.name): \(store.targetCount) numbers a sample are no \(count), which \(training.name) has")
      }
      if isLabelled { try Self.checkRange(of: store, targets, for: graph, options.loss) }
      try Self.check(classes, below: outputs, of: store.name, model: name)
      return try LoadedData(
        BatchLoader(evaluating: store.allSamples, batchSize: Self.evaluationBatch), sampleShape: shape,
        labels: classes)
    }
    contentHash = try Self.hash(store)
  }

  private static let evaluationBatch = 128

  private static func read(
    _ data: DataSet, _ stage: String, isLabelled: Bool, threads: Int,
    _ progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void
  ) throws -> SampleStore {
    // The store calls it from several threads, one at a time, and not after it has been made.
    nonisolated(unsafe) let progress = progress
    return try SampleStore(data, targets: isLabelled ? .values : .none, threads: threads) {
      progress(stage, $0, data.count)
    }
  }

  /// A cross-entropy of numbers has a least value only where they are probabilities.
  private static func checkRange(
    of store: SampleStore, _ targets: TrainingTargets, for graph: Graph, _ loss: LossKind
  ) throws {
    guard case .numbers(let count) = targets, let values = store.targets,
      let index = values.firstIndex(where: { !(0...1).contains($0) })
    else { return }
    let kind = try TrainingLoss(loss, for: graph, hasTargets: true).kind
    guard kind != .meanSquaredError else { return }
    throw PithFailure(
      "\(store.name): the target of sample \(index / Swift.max(1, count)) is \(values[index]), and \(kind.rawValue) needs numbers from 0 to 1; write labels of two classes as 0 and 1, or use --loss mse"
    )
  }

  /// How many numbers the first output has for a sample, where that is known.
  private static func outputCount(_ graph: Graph) -> Int? {
    guard let output = graph.outputs.first, let dimensions = graph[output].type?.shape.dimensions.dropFirst()
    else { return nil }
    let sizes = dimensions.compactMap(\.size)
    return sizes.count == dimensions.count ? sizes.reduce(1, *) : nil
  }

  private static func check(_ labels: [Int]?, below outputs: Int?, of data: String, model: String) throws {
    guard let labels, let outputs else { return }
    let classes = max(2, outputs)
    guard let sample = labels.firstIndex(where: { $0 >= classes }) else { return }
    throw PithFailure(
      "\(data): sample \(sample) has label \(labels[sample]), but \(model) has \(classes) classes, 0 to \(classes - 1)"
    )
  }

  /// Of the targets and of some samples, evenly spread.
  private static func hash(_ store: SampleStore) throws -> UInt64 {
    var hash = ContentHash()
    hash.add("\(store.count) of \(store.sampleShape)")
    store.targets?.withUnsafeBytes { hash.add($0) }
    let some = try BatchLoader(evaluating: store.evenlySpaced(256), batchSize: 32)
    for batch in some.epoch(0) { batch.inputs.withUnsafeBytes { hash.add($0) } }
    return hash.value
  }
}
