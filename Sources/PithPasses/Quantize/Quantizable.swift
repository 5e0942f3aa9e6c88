import PithGraph

/// Where an operator's outputs get their scales from.
public enum OutputRange: Sendable, Hashable {
  /// From what calibration saw.
  case observed
  /// The operator moves or compares bytes: its output has the operand's parameters.
  case sameAsOperand(Int)
  /// The operator's range is known.
  case fixed(QuantizationParameters)
}

/// An operator that the runtime can compute in integers.
public protocol Quantizable: Operator {
  /// Why this node has to stay in fp32, as the end of a sentence; nil where it need not.
  ///
  /// Types in the graph are inferred for a batch of 1.
  func obstacleToInteger(_ node: Node, in graph: Graph) -> String?

  /// Why this node had better stay in fp32 although it need not, as the end of a sentence; nil for most. It counts where
  /// Pith quantizes, and not where a network comes quantized.
  func reasonForFloat(_ node: Node, in graph: Graph) -> String?

  var outputRange: OutputRange { get }

  /// How many of the first operands become bytes; the rest are weights, bounds, shapes and the like.
  var byteOperandCount: Int { get }

  /// The operands whose zero point must be 128, as packing takes them for signed weights.
  func symmetricOperands(_ node: Node, in graph: Graph) -> [Int]
}

extension Quantizable {
  public var byteOperandCount: Int { 1 }
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? { nil }
  public func reasonForFloat(_ node: Node, in graph: Graph) -> String? { nil }
  public var outputRange: OutputRange { .observed }
  public func symmetricOperands(_ node: Node, in graph: Graph) -> [Int] { [] }
}

/// An operator whose constant second operand is quantized per output channel.
public protocol WeightQuantizable: Quantizable {
  /// How the weights are seen: the axis of output channels in the constant.
  func outputChannelAxis(weights: [Int]) -> Int
}

/// Where a node runs.
public enum Placement: Sendable, Hashable {
  case integer
  case float32(reason: String)

  public var isInteger: Bool { self == .integer }
}

extension Graph {
  /// The sizes of a value's axes.
  /// - Throws: where an axis is still symbolic.
  public func sizes(_ id: ValueID) throws -> [Int] {
    guard let shape = self[id].type?.shape, let sizes = shape.sizes else {
      throw GraphError(
        "value '\(self[id].name)' has shape \(self[id].type?.shape.description ?? "unknown"): every axis but the batch must be a number"
      )
    }
    return sizes
  }

  /// A required operand of a node.
  public func operand(_ node: Node, _ index: Int) throws -> ValueID {
    guard index < node.inputs.count, let id = node.inputs[index] else {
      throw GraphError(node: node.label, "operand \(index) is missing")
    }
    return id
  }

  /// The elements of a constant operand; nil where it is absent or computed.
  public func constant(_ node: Node, _ index: Int) -> Tensor? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    return self[id].constant
  }
}
