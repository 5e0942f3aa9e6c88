import PithGraph

extension Graph {
  /// Whether the network says by roundings how it is quantized.
  public var isQuantized: Bool { nodes.contains { $0.op is FakeQuantize } }
}

extension QuantizedModel {
  /// The model of a network that came quantized: no calibration, its own scales, zero points and integers.
  ///
  /// A simplified graph says how it is quantized by `FakeQuantize` nodes: behind a value that its file stores as bytes,
  /// and between a constant and the layer whose weights it is. A node between such values runs in integers, where there
  /// is a kernel for it. Weights are the file's integers; biases are too, up to 2²³ (beyond, fp32 rounds them to 24 bits,
  /// which no output can tell). The graph of the model is that without roundings.
  ///
  /// Asymmetric weights of 8 bits (old TensorFlow) that do not fit int8 around 0 are rounded anew, channel by channel.
  /// - Throws: `GraphError` where sizes beside the batch are not known.
  public init(keeping graph: Graph) throws {
    let hoisted = try graph.rewritten(by: [HoistRounding()]).0
    var reader = try KeptQuantization(hoisted)
    for node in hoisted.nodes {
      do {
        try reader.read(node)
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
    }
    self = try reader.finished()
  }
}
