import PithGraph

/// What a forward pass leaves behind for the backward pass.
public struct Tape: Sendable {
  /// A tensor for each output of the graph, in its order.
  public internal(set) var outputs: [Tensor]
  /// New values of constants that are averages over batches.
  public internal(set) var statistics: [(id: ValueID, value: Tensor)] = []
  /// By value; only those that a gradient reads.
  var values: [Tensor?]
  var shapes: [[Int]?]
  /// By step.
  var residuals: [(any Sendable)?]
  /// Constants as they were.
  var weights: Weights

  /// Lets go of everything, so that the weights have one holder again and can be changed in place.
  mutating func clear() {
    self = Tape(outputs: [], values: [], shapes: [], residuals: [], weights: Weights())
  }

  /// How many values are held for the backward pass, and their bytes: what the plan of memory is checked by.
  var heldCount: Int { values.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }
  var heldBytes: Int { values.reduce(0) { $0 + ($1?.byteCount ?? 0) } }
}

extension GradientEngine {
  /// Computes the outputs and keeps what the gradients read.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each input of the graph, in its order; sizes that are names in the graph may be any.
  ///   - weights: the constants' values.
  ///   - isTraining: whether batch norm normalizes by the batch and dropout drops.
  ///   - seed: of what is random in this step.
  ///   - statisticsMomentum: see `TrainingContext`.
  /// - Throws: `GraphError` where the inputs or, at some node, its operands do not fit.
  public func forward(
    _ inputs: [Tensor], _ weights: Weights, isTraining: Bool = true, seed: UInt64 = 0,
    statisticsMomentum: Float = 0.1
  ) throws -> Tape {
    try graph.check(inputs: inputs)
    guard weights.count == graph.values.count else {
      throw GraphError(
        "the weights are of a graph of \(weights.count) values, but this one has \(graph.values.count)")
    }
    let count = graph.values.count
    var tape = Tape(
      outputs: [], values: Array(repeating: nil, count: count), shapes: Array(repeating: nil, count: count),
      residuals: Array(repeating: nil, count: steps.count), weights: weights)
    for (id, tensor) in zip(graph.inputs, inputs) {
      tape.values[id.index] = tensor
      tape.shapes[id.index] = tensor.shape
    }
    for (index, step) in steps.enumerated() {
      let context = TrainingContext(
        isTraining: isTraining, seed: SeedMixer.mix(seed, UInt64(step.node.id.index)),
        statisticsMomentum: statisticsMomentum, outputCount: step.node.outputs.count)
      do {
        try run(step, index, context, &tape)
      } catch let error as GraphError {
        throw GraphError(node: step.node.label, error.message)
      }
    }
    tape.outputs = try graph.outputs.map { id in
      guard let tensor = tape.values[id.index] ?? weights[id] else {
        throw GraphError("output '\(graph[id].name)' was not computed")
      }
      return tensor
    }
    return tape
  }

  private func run(_ step: Step, _ index: Int, _ context: TrainingContext, _ tape: inout Tape) throws {
    var operands = step.node.inputs.map { id -> Tensor? in
      id.flatMap { tape.weights[$0] ?? tape.values[$0.index] }
    }
    for id in step.lastUses { tape.values[id.index] = nil }
    let outputs: [Tensor]
    if let op = step.op as? any Differentiable {
      let result = try op.evaluateForTraining(consuming: &operands, context)
      outputs = result.outputs
      if step.isActive { tape.residuals[index] = result.residual }
      for (operand, value) in result.statistics.sorted(by: { $0.key < $1.key }) {
        // An average that is itself computed has no constant to go to.
        if let id = step.node.inputs[operand], graph[id].constant != nil {
          tape.statistics.append((id, value))
        }
      }
    } else if let op = step.op as? any InPlaceExecutable {
      outputs = try op.evaluate(consuming: &operands)
    } else {
      outputs = try step.op.evaluate(operands)
    }
    guard outputs.count >= step.node.outputs.count else {
      throw GraphError("\(step.op.name) computes \(outputs.count) outputs of \(step.node.outputs.count)")
    }
    for (id, tensor) in zip(step.node.outputs, outputs) {
      tape.values[id.index] = tensor
      tape.shapes[id.index] = tensor.shape
    }
    for id in step.unused { tape.values[id.index] = nil }
  }
}

/// SplitMix64's finalizer (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014): neighbouring
/// seeds become unrelated ones.
public enum SeedMixer {
  public static func mix(_ seed: UInt64, _ salt: UInt64) -> UInt64 {
    var z = seed &+ (salt &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
