import PithGraph
import PithTestSupport

@testable import PithEngine

extension GradientCase {
  /// Sums, repetitions and layer normalization.
  static let widerReductions: [GradientCase] = sums + expansions + layerNormalizations

  private static let sums: [GradientCase] = [(nil, [0, 1, 2]), ([1], [1]), ([0, -1], [0, 2])].map {
    (listed: [Int]?, reduced: [Int]) in
    let shape = [2, 3, 4]
    let operands = [SeededRandom.tensor(shape, seed: 51)] + (listed.map { [Tensor(ints: $0)] } ?? [])
    return GradientCase("\(reduced)", ReduceSum(), operands) { inputs in
      guard let x = inputs[0] else { return [nil] }
      let taps = Reference.positions(shape.indices.map { reduced.contains($0) ? shape[$0] : 1 })
      return [
        Reference(shape: shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }) { position in
          taps.reduce(0.0) { sum, tap in sum + x[zip(position, tap).map(+)] }
        }
      ]
    }
  }

  private static let expansions: [GradientCase] = [([3, 1], [2, 3, 4]), ([1], [5]), ([2, 3], [2, 3])].map {
    (shape: [Int], target: [Int]) in
    GradientCase(
      "\(shape) to \(target)", Expand(), [SeededRandom.tensor(shape, seed: 52), Tensor(ints: target)]
    ) {
      inputs in
      [inputs[0].map { x in Reference(shape: target) { x.broadcastElement($0) } }]
    }
  }

  private static let layerNormalizations: [GradientCase] = [
    (axis: -1, shape: [3, 5], scale: [5]), (1, [2, 3, 4], [3, 4]), (1, [2, 3, 4], [4]),
    (-1, [300, 40], [40]),
  ].map { axis, shape, scale in
    let first = axis < 0 ? axis + shape.count : axis
    let operands = [
      SeededRandom.tensor(shape, in: -2...3, seed: 53), SeededRandom.tensor(scale, in: 0.5...2, seed: 54),
      SeededRandom.tensor(scale, seed: 55),
    ]
    var example = GradientCase(
      "\(shape) from \(axis)", LayerNormalization(axis: axis, epsilon: 0.01), operands, tolerance: 1e-4
    ) { inputs in
      guard let x = inputs[0], let scale = inputs[1], let bias = inputs[2] else { return [nil] }
      let count = shape[first...].reduce(1, *)
      let normalized = stride(from: 0, to: x.values.count, by: count).flatMap { start -> [Double] in
        let row = x.values[start..<start + count]
        let mean = row.reduce(0, +) / Double(count)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        return row.map { ($0 - mean) / (variance + Double(Float(0.01))).squareRoot() }
      }
      let hat = Reference(shape: shape, values: normalized)
      return [Reference(shape: shape) { hat[$0] * scale.broadcastElement($0) + bias.broadcastElement($0) }]
    }
    if shape[0] > 100 { example.samples = 3 }
    return example
  }
}
