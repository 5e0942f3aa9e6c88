import PithGraph

/// A graph with everything that turns its integer part into a program: where each node runs, the parameters of each
/// activation, and the integer weights and biases.
public struct QuantizedModel: Sendable {
  /// Simplified and equalized, in fp32.
  public var graph: Graph
  public var placements: [NodeID: Placement]
  /// For every value that exists as bytes.
  public var activations: [ValueID: QuantizationParameters]
  public var weights: [NodeID: QuantizedWeights]
  /// In units of input scale · weight scale, one per output channel.
  public var biases: [NodeID: [Int32]]
  /// The weights of recurrent layers, one entry for each direction.
  public var recurrences: [NodeID: [QuantizedRecurrence]] = [:]
  public var settings: QuantizationSettings
  /// Samples that calibration saw.
  public var sampleCount: Int
  /// The share of each observed activation that lies outside its range.
  public var clippedShares: [ValueID: Double]
  /// How many pairs of layers cross-layer equalization changed.
  public var equalizedPairs: Int
  /// Whether the network came quantized, and its scales and integers are those of its file.
  public var isKept = false

  /// The nodes that stay in fp32, with the reason.
  public var floatNodes: [(node: Node, reason: String)] {
    graph.nodes.compactMap { node in
      if case .float32(let reason)? = placements[node.id] { (node, reason) } else { nil }
    }
  }

  /// Those of them that break up the integers: all but a Softmax at the network's end, which gives its floats as the
  /// outputs' conversion would, and which no byte could hold as well.
  public var floatObstacles: [(node: Node, reason: String)] {
    let read = Set(graph.nodes.flatMap { $0.inputs.compactMap(\.self) })
    return floatNodes.filter { node, _ in
      let isEnd = node.outputs.allSatisfy { graph.outputs.contains($0) && !read.contains($0) }
      return !(node.op is Softmax && isEnd && !excludes(node))
    }
  }

  private func excludes(_ node: Node) -> Bool {
    settings.excluded.contains(node.name)
      || node.outputs.contains { settings.excluded.contains(graph[$0].name) }
  }
}

/// What a user may choose about quantization.
public struct QuantizationSettings: Sendable, Hashable, Codable {
  public var method: RangeMethod
  public var correctsBias: Bool
  public var equalizes: Bool
  /// Nodes that stay in fp32 by the user's wish, by name.
  public var excluded: Set<String>
  /// Of a streaming network: inputs by name, and the outputs that they are in the next run.
  public var states: [String: String]

  public init(
    method: RangeMethod = .minmax, correctsBias: Bool = true, equalizes: Bool = true,
    excluded: Set<String> = [], states: [String: String] = [:]
  ) {
    self.method = method
    self.correctsBias = correctsBias
    self.equalizes = equalizes
    self.excluded = excluded
    self.states = states
  }
}

extension Graph {
  /// The inputs that are states, each with the output that takes its place in the next run.
  /// - Throws: where a name is none of an input or output, or the two differ in shape.
  public func states(_ names: [String: String]) throws -> [ValueID: ValueID] {
    var result: [ValueID: ValueID] = [:]
    for (inputName, outputName) in names.sorted(by: { $0.key < $1.key }) {
      guard let input = inputs.first(where: { self[$0].name == inputName }) else {
        throw GraphError(
          "no input is called '\(inputName)'; there are \(inputs.map { self[$0].name }.joined(separator: ", "))"
        )
      }
      guard let output = outputs.first(where: { self[$0].name == outputName }) else {
        throw GraphError(
          "no output is called '\(outputName)'; there are \(outputs.map { self[$0].name }.joined(separator: ", "))"
        )
      }
      guard self[input].type?.element == .float32, self[input].type == self[output].type else {
        throw GraphError(
          "state '\(inputName)' is \(self[input].type?.description ?? "unknown"), but '\(outputName)' is \(self[output].type?.description ?? "unknown")"
        )
      }
      result[input] = output
    }
    guard outputs.contains(where: { !result.values.contains($0) }) else {
      if result.isEmpty { return result }
      throw GraphError("every output is a state; a network needs one that is read")
    }
    return result
  }
}
