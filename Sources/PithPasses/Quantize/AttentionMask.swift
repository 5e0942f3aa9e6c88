import PithGraph

/// A constant that is added to the scores of attention and is so far below them where a softmax has to make zeros.
///
/// A range that held both would leave one level to all scores. What is masked need only be below the lowest score by what
/// a softmax in bytes cannot tell from nothing, so the sum is cut there.
struct AttentionMask {
  /// The operands of the sum.
  var scores: ValueID
  var mask: ValueID
  var sum: ValueID
  /// What is added where nothing is masked: with 0.
  var offsets: ClosedRange<Float>

  /// What lies below this is masked: exporters write −10,000, −65,504, −10^9, the least float or −∞.
  private static let limit: Float = -1000
  /// How far below the lowest score masked ones are put: e^−10 is a hundredth of a softmax's unit, 1/256.
  private static let distance: Float = 10

  /// - Returns: nil where the node adds no mask, or something else than a softmax reads the sum.
  init?(_ node: Node, in graph: Graph, _ consumers: [ValueID: [Node]]) {
    guard node.op is Add, node.inputs.count == 2, let readers = consumers[node.outputs[0]],
      !readers.isEmpty, readers.allSatisfy({ $0.op is Softmax }), !graph.outputs.contains(node.outputs[0])
    else { return nil }
    for (place, other) in [(1, 0), (0, 1)] {
      guard let floats = graph.constant(node, place)?.floats, let mask = node.inputs[place],
        let scores = node.inputs[other], graph[scores].constant == nil,
        floats.contains(where: { $0 <= Self.limit }), !floats.contains(where: \.isNaN)
      else { continue }
      let rest = floats.filter { $0 > Self.limit }
      (self.scores, self.mask, sum) = (scores, mask, node.outputs[0])
      offsets = Swift.min(0, rest.min() ?? 0)...Swift.max(0, rest.max() ?? 0)
      guard offsets.upperBound.isFinite else { return nil }
      return
    }
    return nil
  }

  /// The ranges of the sum and of the mask, by the scores'.
  func ranges(scores: ClosedRange<Float>) -> (sum: ClosedRange<Float>, mask: ClosedRange<Float>) {
    let low = scores.lowerBound + offsets.lowerBound - Self.distance
    return (low...(scores.upperBound + offsets.upperBound), (low - scores.upperBound)...offsets.upperBound)
  }
}
