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
