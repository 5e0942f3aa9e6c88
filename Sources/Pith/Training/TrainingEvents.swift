/// What a command is told while a pipeline trains.
public struct TrainingEvents {
  /// The name of a stage and how far it is.
  public var stage: (_ stage: String, _ done: Int, _ total: Int) -> Void
  /// An epoch is done; how many there are.
  public var epoch: (_ record: EpochRecord, _ total: Int) -> Void

  public init(
    stage: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
    epoch: @escaping (_ record: EpochRecord, _ total: Int) -> Void = { _, _ in }
  ) {
    self.stage = stage
    self.epoch = epoch
  }

  /// Hooks of a trainer that pass on what happens.
  /// - Parameter stage: what the training is called.
  public func hooks(_ stage: String = "train") -> TrainingHooks {
    let events = self
    return TrainingHooks(
      afterEpoch: { state in
        guard let record = state.history.last else { return }
        events.epoch(record, state.totalSteps / max(1, state.stepsPerEpoch))
      },
      progress: { progress in
        // Evaluating is part of the epoch: another stage would have another clock.
        guard progress.phase == .training else { return }
        events.stage(stage, progress.globalStep, progress.totalSteps)
      })
  }
}
