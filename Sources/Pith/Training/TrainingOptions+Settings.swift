extension TrainingOptions {
  /// The options as a report names them, each as the command line has it; those without effect are left out.
  public var settings: [Setting] {
    var result = [
      Setting("optimizer", optimizer.kind.rawValue), Setting("lr", optimizer.learningRate),
      Setting("epochs", epochs), Setting("batch", batchSize), Setting("seed", seed),
      Setting("schedule", schedule.text),
    ]
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { result.append(Setting(name, value)) }
    }
    if warmUp != .none { add("warmup", warmUp.text) }
    if optimizer.usedMomentum > 0 { add("momentum", optimizer.usedMomentum) }
    if usedWeightDecay > 0 { add("weight-decay", usedWeightDecay) }
    if decaysAll { add("decay-all", "yes") }
    if l1 > 0 { add("l1", l1) }
    add("clip-norm", clipNorm)
    if labelSmoothing > 0 { add("label-smoothing", labelSmoothing) }
    add("dropout", dropout)
    if usedHoldout > 0 { add("holdout", usedHoldout) }
    add("patience", patience)
    add("ema", averageDecay)
    if !frozen.isEmpty { add("freeze", frozen.joined(separator: ", ")) }
    return result
  }
}

extension Epoch {
  /// A point of the trainer's history.
  /// - Parameter offset: epochs that came before the trainer's first.
  public init(_ record: EpochRecord, offset: Int = 0) {
    self.init(
      epoch: record.epoch + offset, trainingLoss: record.trainingLoss, evaluationLoss: record.evaluationLoss,
      accuracy: record.evaluationAccuracy, learningRate: record.learningRate, seconds: record.seconds)
  }
}
