import PithGraph

/// A loss, fitted to a network's end.
///
/// A final softmax or sigmoid that the loss undoes is left out while training: the loss of logits neither overflows nor
/// loses digits where that of probabilities does.
public struct TrainingLoss: Sendable {
  /// What was chosen; never `automatic`.
  public var kind: LossKind
  public var objective: any TrainingObjective
  /// The graph to train. Its values are those of the given graph, under the same identifiers.
  public var graph: Graph

  /// - Parameters:
  ///   - kind: `automatic` takes cross-entropy after a softmax, binary cross-entropy after a sigmoid; after neither,
  ///     mean squared error for numbers, cross-entropy for classes, and binary cross-entropy with logits where there is
  ///     one output.
  ///   - hasTargets: whether the samples have numbers to predict, instead of classes.
  /// - Throws: `TrainingError` where a loss does not fit the network's end.
  public init(
    _ kind: LossKind, labelSmoothing: Double = 0, for graph: Graph, hasTargets: Bool
  ) throws {
    guard let output = graph.outputs.first else { throw TrainingError("the model has no output to train") }
    let end = NetworkEnd(graph, output)
    let width = Self.width(graph, output)
    let chosen = kind == .automatic ? Self.usual(end, width: width, hasTargets: hasTargets) : kind
    self.kind = chosen
    self.graph = graph
    switch (chosen, end) {
    case (.crossEntropy, .softmax(let logits)):
      self.graph = Self.cut(graph, at: logits)
      objective = CrossEntropy(.logits, labelSmoothing: labelSmoothing)
    case (.crossEntropy, .sigmoid):
      throw TrainingError(
        "the network ends in a sigmoid, which cross-entropy does not fit; use --loss binary-cross-entropy")
    case (.crossEntropy, .softmaxOverOtherAxis):
      objective = CrossEntropy(.probabilities, labelSmoothing: labelSmoothing)
    case (.crossEntropy, .open):
      if width == 1 {
        throw TrainingError(
          "cross-entropy needs an output for each class, but there is one; use --loss binary-cross-entropy")
      }
      objective = CrossEntropy(.logits, labelSmoothing: labelSmoothing)
    case (.binaryCrossEntropy, .sigmoid(let logits)):
      self.graph = Self.cut(graph, at: logits)
      objective = BinaryCrossEntropy(.logits, labelSmoothing: labelSmoothing)
    case (.binaryCrossEntropy, _):
      objective = BinaryCrossEntropy(.probabilities, labelSmoothing: labelSmoothing)
    case (.binaryCrossEntropyWithLogits, .open):
      objective = BinaryCrossEntropy(.logits, labelSmoothing: labelSmoothing)
    case (.binaryCrossEntropyWithLogits, _):
      throw TrainingError("the network ends in probabilities already; use --loss binary-cross-entropy")
    case (.meanSquaredError, _), (.automatic, _): objective = MeanSquaredError()
    }
  }

  /// Whether a network ends in neither a softmax nor a sigmoid.
  public static func hasOpenEnd(_ graph: Graph) -> Bool {
    guard let output = graph.outputs.first else { return true }
    if case .open = NetworkEnd(graph, output) { return true }
    return false
  }

  private static func usual(_ end: NetworkEnd, width: Int?, hasTargets: Bool) -> LossKind {
    switch end {
    case .softmax, .softmaxOverOtherAxis: .crossEntropy
    case .sigmoid: .binaryCrossEntropy
    case .open:
      if hasTargets { .meanSquaredError } else { width == 1 ? .binaryCrossEntropyWithLogits : .crossEntropy }
    }
  }

  /// The numbers that an output has for each sample, where that is known.
  private static func width(_ graph: Graph, _ output: ValueID) -> Int? {
    guard let dimensions = graph[output].type?.shape.dimensions.dropFirst() else { return nil }
    let sizes = dimensions.compactMap(\.size)
    return sizes.count == dimensions.count ? sizes.reduce(1, *) : nil
  }

  /// The graph with another first output, and without the nodes that nothing needs any more.
  private static func cut(_ graph: Graph, at output: ValueID) -> Graph {
    var copy = graph
    copy.replaceOutputs([output] + graph.outputs.dropFirst())
    var needed = Set(copy.outputs)
    let kept = graph.nodes.reversed().filter { node in
      guard node.outputs.contains(where: needed.contains) else { return false }
      needed.formUnion(node.inputs.compactMap(\.self))
      return true
    }
    copy.replaceNodes(kept.reversed())
    return copy
  }
}

/// What computes a network's output.
enum NetworkEnd {
  /// Of that value, along the classes.
  case softmax(ValueID)
  case softmaxOverOtherAxis
  /// Of that value.
  case sigmoid(ValueID)
  /// Neither.
  case open

  init(_ graph: Graph, _ output: ValueID) {
    let producers = graph.producers()
    var value = output
    while let node = producers[value], node.op is Identity, let input = node.inputs.first.flatMap({ $0 }) {
      value = input
    }
    guard let node = producers[value], let input = node.inputs.first.flatMap({ $0 }) else {
      self = .open
      return
    }
    switch node.op {
    case let op as Softmax:
      let rank = graph[input].type?.shape.rank ?? 2
      let isOfClasses = rank == 2 && (op.axis == 1 || op.axis == -1)
      self = isOfClasses ? .softmax(input) : .softmaxOverOtherAxis
    case is Sigmoid: self = .sigmoid(input)
    default: self = .open
    }
  }
}
