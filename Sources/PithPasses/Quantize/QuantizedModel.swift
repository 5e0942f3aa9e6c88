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

  public init(
    method: RangeMethod = .minmax, correctsBias: Bool = true, equalizes: Bool = true,
    excluded: Set<String> = []
  ) {
    self.method = method
    self.correctsBias = correctsBias
    self.equalizes = equalizes
    self.excluded = excluded
  }
}
