/// How to train: everything that, with the model and the data, decides the result.
public struct TrainingOptions: Codable, Hashable, Sendable {
  /// How often all samples are seen. At least 1.
  public var epochs = 10
  /// Samples a step. At least 1.
  public var batchSize = 128
  /// Of the order of the samples, their augmentation, dropout and fresh weights.
  public var seed: UInt64 = 0
  public var loss = LossKind.automatic
  /// How much of the targets' weight is spread over all classes (Szegedy et al., "Rethinking the Inception
  /// Architecture", 2016). From 0 to below 1; of the cross-entropies.
  public var labelSmoothing = 0.0
  public var optimizer = OptimizerOptions()
  public var schedule = LearningRateSchedule.cosine()
  public var warmUp = WarmUp.none
  /// L2; for AdamW decoupled. Nil means what is usual for the optimizer.
  public var weightDecay: Double?
  /// Whether biases and scales decay, too, and not only matrices and filters.
  public var decaysAll = false
  /// Adds l1 · sign(w) to the gradients of what decays.
  public var l1 = 0.0
  /// The greatest length that the gradient of all parameters together may have.
  public var clipNorm: Double?
  /// Instead of the ratio of every Dropout node. From 0 to below 1.
  public var dropout: Double?
  /// The share of the training samples that are held out, to watch the loss on. From 0 to below 1.
  public var holdout = 0.0
  /// Stops after so many epochs in which the loss on held-out samples did not fall, and goes back to the best.
  public var patience: Int?
  /// The result is a moving average of the weights that keeps this share of itself at every step. From 0 to below 1.
  public var averageDecay: Double?
  /// How much a batch weighs in batch norm's running averages.
  public var statisticsMomentum = 0.1
  /// Names of constants or nodes that are not trained; a star at the end stands for any ending.
  public var frozen: [String] = []

  public init() {}

  /// The share that is held out: early stopping needs one, a tenth where none is named.
  public var usedHoldout: Double { holdout == 0 && patience != nil ? 0.1 : holdout }

  /// The weight decay that is used.
  public var usedWeightDecay: Double { weightDecay ?? optimizer.usualWeightDecay }

  /// - Throws: `TrainingError` that says which number is out of its range.
  public func validate() throws {
    func check(_ holds: Bool, _ message: String) throws {
      if !holds { throw TrainingError(message) }
    }
    func isShare(_ value: Double) -> Bool { value >= 0 && value < 1 }
    func isPositive(_ value: Double) -> Bool { value > 0 && value.isFinite }
    func isNotNegative(_ value: Double) -> Bool { value >= 0 && value.isFinite }
    try check(
      (1...1_000_000).contains(epochs), "the number of epochs must be from 1 to 1,000,000, not \(epochs)")
    try check((1...1_000_000).contains(batchSize), "the batch must be from 1 to 1,000,000, not \(batchSize)")
    try check(
      isPositive(optimizer.learningRate), "the learning rate must be above 0, not \(optimizer.learningRate)")
    try check(isShare(labelSmoothing), "label smoothing must be from 0 to below 1, not \(labelSmoothing)")
    try check(isShare(optimizer.momentum ?? 0), "momentum must be from 0 to below 1")
    try check(isShare(optimizer.beta1) && isShare(optimizer.beta2), "Adam's betas must be from 0 to below 1")
    try check(isShare(optimizer.smoothing), "RMSprop's smoothing must be from 0 to below 1")
    try check(isPositive(optimizer.epsilon ?? 1), "epsilon must be above 0")
    try check(isNotNegative(weightDecay ?? 0), "weight decay must not be negative")
    try check(isNotNegative(l1), "the weight of L1 must not be negative")
    try check(isPositive(clipNorm ?? 1), "the norm to clip to must be above 0")
    try check(isShare(dropout ?? 0), "dropout must be from 0 to below 1")
    try check(isShare(holdout), "the held-out share must be from 0 to below 1, not \(holdout)")
    try check(patience.map { $0 >= 1 } ?? true, "patience must be at least 1")
    try check(isShare(averageDecay ?? 0), "the average's decay must be from 0 to below 1")
    try check((0...1).contains(statisticsMomentum), "the statistics' momentum must be from 0 to 1")
  }
}
