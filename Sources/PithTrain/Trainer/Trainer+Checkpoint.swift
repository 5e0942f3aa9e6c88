import PithEngine
import PithFiles
import PithGraph

extension Trainer {
  /// What a checkpoint holds besides arrays.
  private struct Record: Codable {
    var epoch: Int
    var step: Int
    var globalStep: Int
    var history: [EpochRecord]
    var lossSum: Double
    var sampleSum: Int
    var correctSum: Int?
    var seconds: Double
    var optimizerSteps: Int
    var stopping: EarlyStopping
    var hasStopped: Bool
    /// The constants whose values are stored, and those that constraints are for.
    var constants: [Int]
    var constraints: [Constraint]
  }

  private struct Constraint: Codable {
    var id: Int
    var hasMask: Bool
    var low: Float?
    var high: Float?
  }

  private func part(_ part: String) -> String { "\(name)/\(part)" }

  private var constants: [ValueID] {
    graph.values.indices.map { ValueID($0) }.filter { graph[$0].constant?.floats != nil }
  }

  /// Writes the run's state, where there is a checkpoint.
  /// - Throws: `FileError` where it cannot be written.
  public func save() throws {
    guard let checkpoint else { return }
    let constants = constants
    let constrained = state.constraints.sorted { $0.key < $1.key }
    let record = Record(
      epoch: state.epoch, step: state.step, globalStep: state.globalStep, history: state.history,
      lossSum: state.lossSum, sampleSum: state.sampleSum, correctSum: state.correctSum,
      seconds: state.seconds, optimizerSteps: optimizer.steps, stopping: stopping, hasStopped: hasStopped,
      constants: constants.map(\.index),
      constraints: constrained.map { id, constraint in
        Constraint(
          id: id.index, hasMask: constraint.mask != nil, low: constraint.range?.lowerBound,
          high: constraint.range?.upperBound)
      })
    func floats(_ weights: Weights) -> [[Float]] { constants.map { weights[$0]?.floats ?? [] } }
    try checkpoint.set(part("state"), record)
    checkpoint.set(part("weights"), floats: floats(state.weights))
    checkpoint.set(part("optimizer"), floats: optimizer.slots.flatMap(\.self))
    checkpoint[part("masks")] = constrained.flatMap { ($0.value.mask ?? []).map { $0 ? 1 : 0 } }
    if let average { checkpoint.set(part("average"), floats: floats(average.weights)) }
    if let best { checkpoint.set(part("best"), floats: floats(best)) }
    try checkpoint.save()
    // The arrays are in the file; they need not be in memory, too.
    for array in ["weights", "optimizer", "masks", "average", "best"] { checkpoint[part(array)] = nil }
  }

  /// Takes up the run where the checkpoint left it, where there is one that holds some of it.
  func restore() throws {
    guard let checkpoint, let record = try checkpoint.value(part("state"), as: Record.self) else { return }
    let constants = constants
    guard record.constants == constants.map(\.index), record.epoch >= 0, record.step >= 0,
      record.step <= data.batchCount, record.epoch <= options.epochs
    else { throw checkpoint.damaged(part("state")) }
    state.epoch = record.epoch
    state.step = record.step
    state.globalStep = record.globalStep
    state.history = record.history
    (state.lossSum, state.sampleSum, state.correctSum) = (record.lossSum, record.sampleSum, record.correctSum)
    state.seconds = record.seconds
    stopping = record.stopping
    hasStopped = record.hasStopped
    optimizer.steps = record.optimizerSteps
    // A state without its arrays would go on from where training began.
    guard let stored = try weights("weights", constants) else { throw checkpoint.damaged(part("weights")) }
    state.weights = stored
    if average != nil {
      guard let stored = try weights("average", constants) else { throw checkpoint.damaged(part("average")) }
      average?.weights = stored
    }
    best = try weights("best", constants)
    try restoreOptimizer(checkpoint)
    try restoreConstraints(record.constraints, checkpoint)
    for array in ["weights", "optimizer", "masks", "average", "best"] { checkpoint[part(array)] = nil }
  }

  private func weights(_ array: String, _ constants: [ValueID]) throws -> Weights? {
    guard let checkpoint, let arrays = try checkpoint.floats(part(array)) else { return nil }
    guard arrays.count == constants.count else { throw checkpoint.damaged(part(array)) }
    var weights = Weights(graph)
    for (id, values) in zip(constants, arrays) {
      guard let shape = graph[id].constant?.shape, Shape.elementCount(shape) == values.count else {
        throw checkpoint.damaged(part(array))
      }
      weights[id] = Tensor(shape: shape, floats: values)
    }
    return weights
  }

  private func restoreOptimizer(_ checkpoint: Checkpoint) throws {
    guard let arrays = try checkpoint.floats(part("optimizer")) else {
      throw checkpoint.damaged(part("optimizer"))
    }
    let counts = optimizer.slots.flatMap { $0.map(\.count) }
    guard arrays.map(\.count) == counts else { throw checkpoint.damaged(part("optimizer")) }
    var next = 0
    for index in optimizer.slots.indices {
      let count = optimizer.slots[index].count
      optimizer.slots[index] = Array(arrays[next..<next + count])
      next += count
    }
  }

  private func restoreConstraints(_ records: [Constraint], _ checkpoint: Checkpoint) throws {
    let bytes = checkpoint[part("masks")] ?? []
    var position = 0
    var constraints: [ValueID: WeightConstraint] = [:]
    for record in records {
      guard graph.values.indices.contains(record.id) else { throw checkpoint.damaged(part("state")) }
      var constraint = WeightConstraint()
      if record.hasMask {
        let count = graph.values[record.id].constant?.count ?? 0
        guard count <= bytes.count - position else { throw checkpoint.damaged(part("masks")) }
        constraint.mask = bytes[position..<position + count].map { $0 != 0 }
        position += count
      }
      if let low = record.low, let high = record.high, low <= high { constraint.range = low...high }
      constraints[ValueID(record.id)] = constraint
    }
    state.constraints = constraints
  }
}
