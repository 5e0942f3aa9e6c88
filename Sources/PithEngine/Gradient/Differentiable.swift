import PithGraph

/// An operator whose gradient the engine can compute.
///
/// Reverse mode: the engine runs a graph forward, keeps what the gradients will read, and walks back through it
/// (Griewank and Walther, "Evaluating Derivatives", 2008, chapter 3).
public protocol Differentiable: Executable {
  /// Operands that training may change where they are constants: weights, biases, scales.
  var parameterOperands: [Int] { get }

  /// What the gradient reads of the forward pass, apart from constants and shapes, which are always there.
  /// - Parameter needed: for each operand, whether its gradient is asked for.
  func gradientReads(needed: [Bool]) -> GradientReads

  /// The outputs while training, which may differ from those of inference, and what to remember for the gradient.
  ///
  /// Operands may be taken out of `inputs` and written over, as by `InPlaceExecutable`.
  /// - Throws: `GraphError` where the operands do not fit.
  func evaluateForTraining(consuming inputs: inout [Tensor?], _ context: TrainingContext) throws
    -> TrainingOutputs

  /// The gradients of the operands: each of its operand's shape; nil where it is not asked for or is zero.
  /// - Throws: `GraphError` where there is none.
  func gradients(_ pass: inout BackwardPass) throws -> [Tensor?]
}

extension Differentiable {
  public var parameterOperands: [Int] { [] }

  public func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    if let op = self as? any InPlaceExecutable {
      return TrainingOutputs(try op.evaluate(consuming: &inputs))
    }
    return TrainingOutputs(try evaluate(inputs))
  }
}

/// The tensors of the forward pass that a gradient reads, by operand and by output.
public struct GradientReads: Sendable, Hashable {
  public var inputs: [Int]
  public var outputs: [Int]

  public init(inputs: [Int] = [], outputs: [Int] = []) {
    self.inputs = inputs
    self.outputs = outputs
  }

  public static let nothing = GradientReads()
}

/// How a node is run while training.
public struct TrainingContext: Sendable {
  /// Whether batch norm normalizes by the batch and dropout drops; else both do what they do in inference.
  public var isTraining: Bool
  /// Differs from step to step and from node to node; the same for the same step of the same run.
  public var seed: UInt64
  /// How much a batch's statistics weigh in the running averages: average = (1 − momentum) · average + momentum · batch.
  public var statisticsMomentum: Float
  /// How many outputs the node has; what an operator would put into others need not be computed.
  public var outputCount: Int

  public init(isTraining: Bool, seed: UInt64, statisticsMomentum: Float, outputCount: Int = 1) {
    self.isTraining = isTraining
    self.seed = seed
    self.statisticsMomentum = statisticsMomentum
    self.outputCount = outputCount
  }
}

/// What a node computed while training.
public struct TrainingOutputs: Sendable {
  public var outputs: [Tensor]
  /// Whatever the operator's own gradient wants to be given back.
  public var residual: (any Sendable)?
  /// New values of constant operands that are averages over batches, by operand.
  public var statistics: [Int: Tensor]

  public init(_ outputs: [Tensor], residual: (any Sendable)? = nil, statistics: [Int: Tensor] = [:]) {
    self.outputs = outputs
    self.residual = residual
    self.statistics = statistics
  }
}
