import PithGraph

/// A layer's weights in the units that go together, with how much each matters.
struct LayerUnits {
  let constant: ValueID
  /// Per unit the elements that go with it.
  private let units: [[Int]]
  /// Per unit the mean magnitude of its elements.
  private let scores: [Double]
  private(set) var mask: [Bool]
  /// A layer must not become all zeros.
  private let keepsOne: Bool

  init(_ layer: SparsePlan.Layer, _ pattern: SparsityPattern, _ values: [Float]) {
    constant = layer.constant
    keepsOne = pattern != .twoOfFour
    mask = Array(repeating: true, count: values.count)
    switch (pattern, layer.order) {
    case (.unstructured, _), (_, nil):
      units = []
      scores = values.map { Double(abs($0)) }
    case (.twoOfFour, let order?):
      units = Self.smallerHalves(order, values)
      scores = units.map { Self.mean($0, values) }
    case (.block, let order?):
      units = Self.blocks(order)
      scores = units.map { Self.mean($0, values) }
    }
  }

  /// Unstructured weights are units of one, which need no lists.
  private func elements(_ unit: Int) -> [Int] { units.isEmpty ? [unit] : units[unit] }

  private static func mean(_ elements: [Int], _ values: [Float]) -> Double {
    elements.reduce(0) { $0 + Double(abs(values[$1])) } / Double(Swift.max(1, elements.count))
  }

  /// Of every four neighbours the two that are smaller.
  private static func smallerHalves(_ order: ReductionOrder, _ values: [Float]) -> [[Int]] {
    var result: [[Int]] = []
    for output in order.outputs.joined() {
      for start in stride(from: 0, to: order.offsets.count, by: 4) {
        let four = order.offsets[start..<start + 4].filter { $0 >= 0 }.map {
          output * order.outputStride + $0
        }
        // Padding is zero, too.
        let excess = four.count - 2
        if excess > 0 {
          result.append(Array(four.sorted { (abs(values[$0]), $0) < (abs(values[$1]), $1) }.prefix(excess)))
        }
      }
    }
    return result
  }

  private static func blocks(_ order: ReductionOrder) -> [[Int]] {
    var result: [[Int]] = []
    for range in order.outputs {
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
        for start in stride(from: 0, to: order.offsets.count, by: 4) {
          let offsets = order.offsets[start..<start + 4].filter { $0 >= 0 }
          let block = (first..<Swift.min(first + 16, range.upperBound)).flatMap { output in
            offsets.map { output * order.outputStride + $0 }
          }
          if !block.isEmpty { result.append(block) }
        }
      }
    }
    return result
  }

  // MARK: Choosing

  /// Removes the smallest units until that share of them is gone.
  mutating func removeSmallest(share: Double) {
    let most = keepsOne ? scores.count - 1 : scores.count
    let count = Swift.min(most, Int((Double(scores.count) * share).rounded()))
    guard count > 0 else { return }
    for unit in scores.indices.sorted(by: { (scores[$0], $0) < (scores[$1], $1) }).prefix(count) {
      remove(unit)
    }
  }

  /// Removes the smallest units of all layers, relative to the mean of each, until that share of the weights is gone.
  /// At least a fiftieth of each layer stays.
  static func removeSmallest(_ layers: inout [LayerUnits], share: Double) {
    struct Candidate {
      var score: Double
      var layer: Int
      var unit: Int
    }
    var candidates: [Candidate] = []
    var (total, removed) = (0, 0)
    for (index, layer) in layers.enumerated() {
      let mean = layer.scores.reduce(0, +) / Double(Swift.max(1, layer.scores.count))
      for unit in layer.scores.indices {
        candidates.append(
          Candidate(score: mean > 0 ? layer.scores[unit] / mean : 0, layer: index, unit: unit))
      }
      total += layer.units.isEmpty ? layer.scores.count : layer.units.reduce(0) { $0 + $1.count }
    }
    candidates.sort { ($0.score, $0.layer, $0.unit) < ($1.score, $1.layer, $1.unit) }
    let wanted = Int((Double(total) * share).rounded())
    var rooms = layers.map {
      $0.keepsOne ? $0.scores.count - Swift.max(1, $0.scores.count / 50) : $0.scores.count
    }
    for candidate in candidates where removed < wanted && rooms[candidate.layer] > 0 {
      rooms[candidate.layer] -= 1
      removed += layers[candidate.layer].elements(candidate.unit).count
      layers[candidate.layer].remove(candidate.unit)
    }
  }

  private mutating func remove(_ unit: Int) {
    for element in elements(unit) { mask[element] = false }
  }
}
