import Glibc
import PithGraph
import PithTestSupport

@testable import PithEngine

extension GradientCase {
  static let softmaxes: [GradientCase] = [[3, 4, 5], [1, 7, 1], [2, 30, 7], [40, 10]].flatMap { shape in
    shape.indices.map { axis in
      GradientCase(
        "\(shape) axis \(axis)", Softmax(axis: axis), [SeededRandom.tensor(shape, in: -3...3, seed: 33)]
      ) { inputs in
        guard let x = inputs[0] else { return [nil] }
        return [
          Reference(shape: shape) { position in
            let sum = (0..<shape[axis]).reduce(0.0) { sum, at in
              var other = position
              other[axis] = at
              return sum + exp(x[other] - x[position])
            }
            return 1 / sum
          }
        ]
      }
    }
  }

  private static let meanAxes: [(listed: [Int]?, reduced: [Int])] = [
    (nil, [0, 1, 2, 3]), ([2, 3], [2, 3]), ([-1], [3]), ([0], [0]), ([1, -2], [1, 2]), ([3, 0], [0, 3]),
  ]

  static let means: [GradientCase] = meanAxes.flatMap { listed, reduced in
    [true, false].map { keeps in
      let shape = [2, 3, 4, 5]
      let operands = [SeededRandom.tensor(shape, seed: 34)] + (listed.map { [Tensor(ints: $0)] } ?? [])
      return GradientCase("\(reduced) \(keeps)", ReduceMean(keepsDimensions: keeps), operands) { inputs in
        guard let x = inputs[0] else { return [nil] }
        let kept = shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
        let taps = Reference.positions(shape.indices.map { reduced.contains($0) ? shape[$0] : 1 })
        let mean = Reference(shape: kept) { position in
          taps.reduce(0.0) { sum, tap in sum + x[zip(position, tap).map(+)] } / Double(taps.count)
        }
        return [
          mean.reshaped(keeps ? kept : shape.indices.filter { !reduced.contains($0) }.map { shape[$0] })
        ]
      }
    }
  }

  private static let bounds: [(Float?, Float?)] = [
    (-0.5, 0.5), (nil, 0.25), (-0.25, nil), (nil, nil), (0.5, -0.5),
  ]

  /// Bounds as operands with gradients of their own.
  static let clips: [GradientCase] = bounds.map { low, high in
    let operands = [SeededRandom.tensor([5, 7], seed: 35), low.map { Tensor($0) }, high.map { Tensor($0) }]
    return GradientCase("\(String(describing: low)) \(String(describing: high))", Clip(), operands) {
      inputs in
      let low = inputs[1]?.values[0] ?? -.infinity
      let high = inputs[2]?.values[0] ?? .infinity
      return [inputs[0]?.map { min(max($0, low), high) }]
    }
  }

  static let casts = [
    GradientCase("", Cast(to: .float32), [SeededRandom.tensor([3, 4], seed: 36)]) { [$0[0]] }
  ]

  /// With the mask that the seed draws, dropout is a product.
  static let dropouts: [GradientCase] = ([nil, 0, 0.2, 0.9] as [Float?]).flatMap { ratio in
    [true, false].map { isTraining in
      let shape = [3, 40]
      let rest = ratio.map { [Tensor($0)] } ?? []
      func run(_ x: Tensor) -> Tensor? {
        var inputs = [x as Tensor?] + rest
        let context = TrainingContext(isTraining: isTraining, seed: seed, statisticsMomentum: 0.1)
        return try? Dropout().evaluateForTraining(consuming: &inputs, context).outputs[0]
      }
      let mask = run(Tensor(shape: shape, floats: Array(repeating: 1, count: 120))).map(Reference.init)
      return GradientCase(
        "\(String(describing: ratio)) \(isTraining)", Dropout(),
        [SeededRandom.tensor(shape, seed: 37)] + rest, differentiated: [0], isTraining: isTraining
      ) { inputs in
        guard let x = inputs[0], let mask else { return [nil] }
        return [Reference(shape: shape, values: zip(x.values, mask.values).map(*))]
      }
    }
  }
}
