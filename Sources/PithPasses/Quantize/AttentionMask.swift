import Foundation
import PithGraph

/// A constant that is added to the scores of attention and is so far below them where a softmax has to make zeros.
///
/// A range that held both would leave one level to all scores. What is masked need only be below the lowest score by what
/// a softmax in bytes cannot tell from nothing, so the sum is cut there.
struct AttentionMask {
  /// The operands of the sum.
  let scores: ValueID
  let mask: ValueID
  let sum: ValueID
  /// What is added where nothing is masked: with 0.
  private let offsets: ClosedRange<Float>
  /// The highest that is added where something is.
  private let highestMasked: Float
  /// How many are weighed against each other.
  private let count: Int
  /// Whether calibration cannot see the sum: it holds infinities.
  let isInfinite: Bool

  /// What lies below this may be masked: exporters write −10,000, −65,504, −10^9, the least float or −∞.
  private static let limit: Float = -1000

  /// - Returns: nil where the node adds no mask, or something else than a softmax over the last axis reads the sum, or
  ///   something else than such sums reads the mask.
  init?(_ node: Node, in graph: Graph, _ consumers: [ValueID: [Node]]) {
    guard Self.isSumOfSoftmax(node, in: graph, consumers) else { return nil }
    for (place, other) in [(1, 0), (0, 1)] {
      guard let constant = graph.constant(node, place), let floats = constant.floats,
        let mask = node.inputs[place], let scores = node.inputs[other], graph[scores].constant == nil,
        let count = constant.shape.last, count > 1, !floats.contains(where: \.isNaN),
        let highest = floats.filter({ $0 <= Self.limit }).max(),
        consumers[mask]?.allSatisfy({ Self.isSumOfSoftmax($0, in: graph, consumers) }) ?? false
      else { continue }
      // A softmax of nothing but masked scores is that of the scores.
      let hasMaskedRow = stride(from: 0, to: floats.count, by: count).contains { row in
        floats[row..<(row + count)].allSatisfy { $0 <= Self.limit }
      }
      let rest = floats.filter { $0 > Self.limit }
      guard !hasMaskedRow, let low = rest.min(), let high = rest.max(), high.isFinite else { continue }
      (self.scores, self.mask, sum, self.count) = (scores, mask, node.outputs[0], count)
      (offsets, highestMasked) = (Swift.min(0, low)...Swift.max(0, high), highest)
      isInfinite = floats.contains(-.infinity)
      return
    }
    return nil
  }

  private static func isSumOfSoftmax(
    _ node: Node, in graph: Graph, _ consumers: [ValueID: [Node]]
  ) -> Bool {
    guard node.op is Add, node.inputs.count == 2, let output = node.outputs.first,
      !graph.outputs.contains(output), let readers = consumers[output], !readers.isEmpty,
      let rank = graph[output].type?.shape.rank
    else { return false }
    return readers.allSatisfy { reader in
      guard let softmax = reader.op as? Softmax else { return false }
      return softmax.axis == -1 || softmax.axis == rank - 1
    }
  }

  /// The ranges of the sum and of the mask, by the scores'; nil where the mask is not below all scores: it is none then.
  func ranges(
    scores: ClosedRange<Float>
  ) -> (sum: ClosedRange<Float>, mask: ClosedRange<Float>)? {
    // e^−10 is a hundredth of a softmax's unit, 1/256; of many, all together are.
    let distance = 10 + Swift.max(0, log(Float(count) / 64))
    let low = scores.lowerBound + offsets.lowerBound - distance
    guard scores.upperBound + highestMasked <= low else { return nil }
    return (low...(scores.upperBound + offsets.upperBound), (low - scores.upperBound)...offsets.upperBound)
  }

  /// Whether a number of the sum is a masked one.
  static func isMasked(_ number: Float) -> Bool { number <= limit }

  /// The masks of a graph's sums that are computed in integers.
  static func all(in graph: Graph, _ placements: [NodeID: Placement]) -> [AttentionMask] {
    let consumers = graph.consumers()
    return graph.nodes.filter { placements[$0.id] == .integer }
      .compactMap { AttentionMask($0, in: graph, consumers) }
  }
}

extension QuantizedModel {
  /// The values that hold scores with a mask added, which are cut far above what the mask holds.
  public var maskedScores: Set<ValueID> {
    Set(
      AttentionMask.all(in: graph, placements)
        .filter { mask in activations[mask.sum].map { !AttentionMask.isMasked($0.range.lowerBound) } ?? false
        }.map(\.sum))
  }

  /// Whether a number among these is masked.
  public static func isMasked(_ score: Float) -> Bool { AttentionMask.isMasked(score) }
}
