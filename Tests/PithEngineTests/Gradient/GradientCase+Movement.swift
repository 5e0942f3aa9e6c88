import PithGraph
import PithTestSupport

@testable import PithEngine

/// Operators that move elements: what the forward engine does to doubles is the reference, as moving rounds nothing.
extension GradientCase {
  private static func moving(
    _ name: String, _ op: any Differentiable, _ shapes: [[Int]], _ rest: [Tensor?] = []
  ) -> GradientCase {
    var random = SeededRandom(seed: 31)
    let operands = shapes.map { random.tensor($0) as Tensor? } + rest
    return GradientCase(name, op, operands) { inputs in
      let exact = zip(operands, inputs).map { operand, input -> Tensor? in
        guard operand?.element == .float32, let input else { return operand }
        return Tensor(shape: input.shape, storage: .float64(input.values))
      }
      return ((try? op.evaluate(exact)) ?? []).map { Reference($0) }
    }
  }

  static let reshapes: [GradientCase] = [
    moving("", Flatten(axis: 2), [[2, 3, 4]]),
    moving("", Reshape(), [[2, 3, 4]], [Tensor(ints: [4, -1])]),
    moving("", Squeeze(), [[2, 1, 3, 1]], [Tensor(ints: [1])]),
    moving("", Unsqueeze(), [[2, 3]], [Tensor(ints: [0, -1])]),
    moving("", Transpose(), [[2, 3, 4]]),
    moving("", Transpose(permutation: [1, 2, 0]), [[2, 3, 4]]),
    moving("", Transpose(permutation: [0, 2, 3, 1]), [[3, 20, 30, 40]]),
  ]

  static let cuts: [GradientCase] = [
    moving("of three", Concat(axis: 1), [[2, 3, 4], [2, 1, 4], [2, 2, 4]]),
    moving("of large parts", Concat(axis: -1), [[70, 500], [70, 600]]),
    moving("first axis", Concat(axis: 0), [[2, 3], [1, 3]]),
    moving("equal", Split(axis: 1, partCount: 3), [[2, 6, 4]]),
    moving("uneven", Split(axis: -1, partCount: 3), [[2, 3, 8]]),
    moving("sizes", Split(axis: 0, partCount: 3), [[6, 5]], [Tensor(ints: [1, 0, 5])]),
    moving("range", Slice(), [[5, 6, 4]], [Tensor(ints: [1, 2]), Tensor(ints: [3, 100])]),
    moving(
      "backwards", Slice(), [[5, 6, 4]],
      [Tensor(ints: [3, 0]), Tensor(ints: [-10, .max]), Tensor(ints: [2, 0]), Tensor(ints: [-1, 3])]),
    moving(
      "one element", Slice(), [[5, 6]],
      [Tensor(ints: [2]), Tensor(ints: [.min]), Tensor(ints: [0]), Tensor(ints: [.min])]),
    moving("of nothing", Slice(), [[5, 6]], [Tensor(ints: [4]), Tensor(ints: [1]), Tensor(ints: [-1])]),
  ]

  static let gathers: [GradientCase] = [
    moving("rows", Gather(), [[4, 5]], [Tensor(shape: [2, 3], ints: [0, 2, -1, 2, 2, 0])]),
    moving("columns", Gather(axis: -1), [[3, 4]], [Tensor(ints: [1, 1, 0])]),
    moving("middle", Gather(axis: 1), [[3, 4, 5]], [Tensor(shape: [], ints: [2])]),
    moving("long rows", Gather(), [[3, 5000]], [Tensor(ints: [2, 0, 2, 2])]),
  ]

  static let pads: [GradientCase] =
    [Pad.Mode.constant, .edge, .reflect, .wrap].flatMap { mode in
      [
        moving("\(mode)", Pad(mode: mode), [[4, 5]], [Tensor(ints: [2, 1, 3, 0])]),
        moving("\(mode) cropping", Pad(mode: mode), [[4, 6]], [Tensor(ints: [-1, 2, 2, -2])]),
        moving(
          "\(mode) one axis", Pad(mode: mode), [[2, 4, 3]], [Tensor(ints: [1, 3]), nil, Tensor(ints: [-2])]),
      ]
    } + [
      GradientCase(
        "with a value that is computed", Pad(),
        [SeededRandom.tensor([2, 3], seed: 32), Tensor(ints: [1, 0, 0, 2]), Tensor(0.5)]
      ) { inputs in
        guard let x = inputs[0], let value = inputs[2] else { return [nil] }
        return [
          Reference(shape: [3, 5]) { x.element([$0[0] - 1, $0[1]], outside: value.values[0]) }
        ]
      }
    ]
}

extension SeededRandom {
  static func tensor(_ shape: [Int], in range: ClosedRange<Float> = -1...1, seed: Int) -> Tensor {
    var random = SeededRandom(seed: seed)
    return random.tensor(shape, in: range)
  }
}
