import Foundation
import PithGraph

/// Evens out the ranges of the channels between two convolutions, so that one scale serves all of them.
///
/// Channel c of the value between two layers is divided by s[c] and the second layer's weights for it multiplied by
/// s[c], which changes nothing in fp32, as clamps at 0 commute with it. After Nagel et al., "Data-Free Quantization
/// Through Weight Equalization and Bias Correction", 2019, section 4.1, with two differences: the first layer's range
/// is the activation's, as calibration saw it, because its weights have a scale per channel anyway; and where the
/// second layer is depthwise its weights have a scale per channel too, so the channels can be made equal outright.
/// A clamp from above (ReLU6) stays exact as well: all channels that reach it share one factor, and no other channel
/// grows beyond it.
public enum CrossLayerEqualization {
  /// Two layers and the value between them.
  public struct Pair: Sendable, Hashable {
    public var first: NodeID
    public var second: NodeID
    public var between: ValueID
    /// The second layer works on each channel alone.
    public var isDepthwise: Bool
  }

  /// The pairs of a graph of which one layer is depthwise, in order.
  public static func pairs(in graph: Graph) -> [Pair] {
    let context = RewriteContext(graph)
    return graph.nodes.compactMap { node -> Pair? in
      guard let first = node.op as? Conv, commutes(first.activation), hasConstantWeights(node, graph),
        let second = context.onlyConsumer(node.outputs[0]), let next = second.op as? Conv,
        second.inputs.first == node.outputs[0], hasConstantWeights(second, graph)
      else { return nil }
      let depthwise = isDepthwise(next, second, graph)
      guard depthwise || (next.groups == 1 && isDepthwise(first, node, graph)) else { return nil }
      return Pair(first: node.id, second: second.id, between: node.outputs[0], isDepthwise: depthwise)
    }
  }

  private static func hasConstantWeights(_ node: Node, _ graph: Graph) -> Bool {
    graph.constant(node, 1)?.floats != nil
      && (node.inputs.count < 3 || node.inputs[2] == nil || graph.constant(node, 2)?.floats != nil)
  }

  /// Whether scaling by a positive number commutes with the activation, up to its upper bound.
  private static func commutes(_ activation: Activation?) -> Bool {
    switch activation {
    case nil, .relu?: true
    case .clip(let low, let high)?: low == 0 && high > 0
    }
  }

  private static func isDepthwise(_ op: Conv, _ node: Node, _ graph: Graph) -> Bool {
    guard let shape = graph.constant(node, 1)?.shape else { return false }
    return op.groups == shape[0] && shape[1] == 1 && op.groups > 1
  }

  /// Equalizes every pair.
  /// - Parameter statistics: of the values between, with channels, from calibration of this graph.
  /// - Returns: the graph and how many pairs changed.
  /// - Throws: where the rescaled graph is not legal.
  public static func apply(
    to graph: Graph, pairs: [Pair], statistics: [ValueID: ActivationStatistics]
  ) throws -> (graph: Graph, count: Int) {
    var graph = graph
    var count = 0
    for pair in pairs {
      guard let seen = statistics[pair.between], let first = graph.node(pair.first),
        let second = graph.node(pair.second),
        let factors = factors(
          pair, seen, bound: upperBound(first), consumer: graph.constant(second, 1))
      else { continue }
      rescale(first, output: factors.map { 1 / $0 }, seen, &graph)
      rescaleInput(second, by: factors, depthwise: pair.isDepthwise, &graph)
      count += 1
    }
    try graph.inferTypes()
    return (graph, count)
  }

  /// The clamp from above that the layer ends in.
  private static func upperBound(_ node: Node) -> Float? {
    if case .clip(_, let high)? = (node.op as? Conv)?.activation { high } else { nil }
  }

  /// s[c], at most 1; nil where there is nothing to gain.
  private static func factors(
    _ pair: Pair, _ seen: ActivationStatistics, bound: Float?, consumer: Tensor?
  ) -> [Float]? {
    let ranges = zip(seen.channelMaxima, seen.channelMinima).map { Swift.max($0, -$1) }
    guard let largest = ranges.max(), largest > 0, largest.isFinite, let weights = consumer?.floats,
      let shape = consumer?.shape
    else { return nil }
    // A channel that calibration hardly saw may still be needed: none grows by more than this.
    let limit: Float = 32
    if pair.isDepthwise {
      return ranges.map { Swift.max($0 / largest, 1 / limit) }
    }
    let inputs = shape[1]
    guard inputs == ranges.count else { return nil }
    let taps = shape[2...].reduce(1, *)
    var columns = [Float](repeating: 0, count: inputs)
    for index in weights.indices {
      let channel = index / taps % inputs
      columns[channel] = Swift.max(columns[channel], abs(weights[index]))
    }
    let raw = zip(ranges, columns).map { range, column in
      range > 0 && column > 0 ? (range / column).squareRoot() : 0
    }
    guard let top = raw.max(), top > 0 else { return nil }
    let factors = raw.map { $0 > 0 ? Swift.max($0 / top, 1 / limit) : 1 }
    return bound.map { keepingClamp(factors, ranges, bound: $0) } ?? factors
  }

  /// Gives the channels that reach the clamp one factor, and the rest none that lets them outgrow it.
  private static func keepingClamp(_ factors: [Float], _ ranges: [Float], bound: Float) -> [Float] {
    let clamped = factors.indices.filter { ranges[$0] >= bound }
    guard !clamped.isEmpty else { return factors }
    let logarithms = clamped.reduce(0.0) { $0 + log(Double(factors[$1])) }
    let shared = Float(exp(logarithms / Double(clamped.count)))
    return factors.indices.map {
      ranges[$0] >= bound ? shared : Swift.max(factors[$0], ranges[$0] / bound * shared)
    }
  }

  /// Multiplies a layer's output channels.
  private static func rescale(
    _ node: Node, output factors: [Float], _ seen: ActivationStatistics, _ graph: inout Graph
  ) {
    guard let weights = graph.constant(node, 1), var floats = weights.floats, var op = node.op as? Conv else {
      return
    }
    let row = weights.shape[1...].reduce(1, *)
    for channel in factors.indices {
      for index in channel * row..<(channel + 1) * row { floats[index] *= factors[channel] }
    }
    var node = node
    node.inputs[1] = graph.addConstant(
      graph.valueName(node, 1), Tensor(shape: weights.shape, floats: floats))
    if let bias = graph.constant(node, 2), let old = bias.floats {
      node.inputs[2] = graph.addConstant(
        graph.valueName(node, 2), Tensor(shape: bias.shape, floats: zip(old, factors).map(*)))
    }
    if case .clip(let low, let high)? = op.activation {
      // Each channel's own bound would be high · factor. Those that reach theirs share it; it, or the largest value
      // seen where none does, serves all.
      let top = zip(seen.channelMaxima, factors).map { Swift.min($0, high) * $1 }.max() ?? high
      op.activation = .clip(low, top)
      node.op = op
    }
    graph.replace(node)
  }

  /// Multiplies a layer's weights by what its input channels were divided by.
  private static func rescaleInput(_ node: Node, by factors: [Float], depthwise: Bool, _ graph: inout Graph) {
    guard let weights = graph.constant(node, 1), var floats = weights.floats else { return }
    let taps = weights.shape[2...].reduce(1, *)
    let inputs = weights.shape[1]
    for index in floats.indices { floats[index] *= factors[depthwise ? index / taps : index / taps % inputs] }
    var node = node
    node.inputs[1] = graph.addConstant(
      graph.valueName(node, 1), Tensor(shape: weights.shape, floats: floats))
    graph.replace(node)
  }
}

extension Graph {
  fileprivate func valueName(_ node: Node, _ index: Int) -> String {
    node.inputs[index].map { self[$0].name } ?? ""
  }

  /// Puts a changed node in the place of the one with its identifier.
  fileprivate mutating func replace(_ node: Node) {
    replaceNodes(nodes.map { $0.id == node.id ? node : $0 })
  }
}
