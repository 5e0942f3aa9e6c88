import PithGraph

/// A node on the way back.
public struct BackwardPass {
  /// The operands that the gradient reads; constants always, others nil.
  public var inputs: [Tensor?]
  /// The shape of each operand; nil where it is absent.
  public let inputShapes: [[Int]?]
  /// The outputs that the gradient reads; others nil.
  public var outputs: [Tensor?]
  public let outputShapes: [[Int]]
  /// The gradient of each output; nil where it is zero.
  public var outputGradients: [Tensor?]
  /// For each operand, whether its gradient is asked for.
  public let needed: [Bool]
  /// What the operator left in `TrainingOutputs.residual`.
  public let residual: (any Sendable)?

  public init(
    inputs: [Tensor?], inputShapes: [[Int]?], outputs: [Tensor?], outputShapes: [[Int]],
    outputGradients: [Tensor?], needed: [Bool], residual: (any Sendable)?
  ) {
    self.inputs = inputs
    self.inputShapes = inputShapes
    self.outputs = outputs
    self.outputShapes = outputShapes
    self.outputGradients = outputGradients
    self.needed = needed
    self.residual = residual
  }

  public func isNeeded(_ operand: Int) -> Bool { operand < needed.count && needed[operand] }

  /// The shape of an operand that is there.
  public func inputShape(_ index: Int) throws -> [Int] {
    guard index < inputShapes.count, let shape = inputShapes[index] else {
      throw GraphError("operand \(index) is missing")
    }
    return shape
  }

  /// An operand that `gradientReads` asked for.
  public func input(_ index: Int) throws -> Tensor { try inputs.tensor(index) }

  /// An output that `gradientReads` asked for.
  public func output(_ index: Int = 0) throws -> Tensor {
    guard index < outputs.count, let tensor = outputs[index] else {
      throw GraphError("output \(index) was not kept")
    }
    return tensor
  }

  /// Takes an output's gradient out, so that the caller may be its only holder and write over it.
  /// - Throws: `GraphError` where there is none; a node is visited only where at least one output has a gradient.
  public mutating func takeGradient(_ index: Int = 0) throws -> Tensor {
    guard index < outputGradients.count, let gradient = outputGradients[index] else {
      throw GraphError("output \(index) has no gradient")
    }
    outputGradients[index] = nil
    return gradient
  }

  /// The gradient of what a fused activation was applied to: it flows where the activation did not clamp.
  ///
  /// An operator with an activation reads its first output for this: see `GradientReads.init(inputs:activation:)`.
  public mutating func takeGradient(before activation: Activation?) throws -> Tensor {
    var gradient = try takeGradient()
    // A clamped element is at a bound; where one bound is beyond the other, all of them are.
    if activation != nil { gradient.zeroWhereClamped(try output(), ClampBounds(activation)) }
    return gradient
  }

  /// The gradients of the operands, where only the first has one.
  public func onlyFirst(_ gradient: Tensor) -> [Tensor?] {
    [gradient] + Array(repeating: nil, count: max(0, needed.count - 1))
  }
}

extension GradientReads {
  /// Some operands, and the output where a fused activation's gradient is read off it.
  public init(inputs: [Int] = [], activation: Activation?) {
    self.init(inputs: inputs, outputs: activation == nil ? [] : [0])
  }
}
