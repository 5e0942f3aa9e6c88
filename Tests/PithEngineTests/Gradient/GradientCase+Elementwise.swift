import Glibc
import PithGraph
import PithTestSupport

@testable import PithEngine

extension GradientCase {
  private static let unary: [(any Differentiable, @Sendable (Double) -> Double)] = [
    (Relu(), { max(0, $0) }), (LeakyRelu(alpha: 0.125), { $0 < 0 ? 0.125 * $0 : $0 }),
    (LeakyRelu(alpha: -0.5), { $0 < 0 ? -0.5 * $0 : $0 }), (LeakyRelu(alpha: 0), { max(0, $0) }),
    (Sigmoid(), { 1 / (1 + exp(-$0)) }), (Tanh(), { tanh($0) }), (Identity(), { $0 }),
    (HardSigmoid(alpha: 0.25, beta: 0.375), { max(0, min(1, 0.25 * $0 + 0.375)) }),
    (HardSwish(), { $0 * max(0, min(1, $0 / 6 + 0.5)) }),
  ]

  /// Functions of one number, on few elements and on more than one task's worth.
  static let functions: [GradientCase] = unary.flatMap { op, function in
    [[5, 7], [300, 300]].map { shape in
      var random = SeededRandom(seed: 21)
      return GradientCase("\(op) \(shape)", op, [random.tensor(shape, in: -5...5)]) { inputs in
        [inputs[0]?.map(function)]
      }
    }
  }

  private static let binary: [(any Differentiable, @Sendable (Double, Double) -> Double)] = [
    (Add(), { $0 + $1 }), (Sub(), { $0 - $1 }), (Mul(), { $0 * $1 }), (Div(), { $0 / $1 }),
    (Add(activation: .relu), { max(0, $0 + $1) }),
    (Add(activation: .clip(0.75, 2)), { min(max($0 + $1, 0.75), 2) }),
  ]

  /// Operations of two operands that broadcast; one is large enough to be shared out among threads.
  static let operations: [GradientCase] = {
    let shapes = BroadcastCase.all.filter { (1..<1000).contains(($0.a + $0.b).reduce(1, *)) }
    let large = BroadcastCase(a: [70, 1000], b: [70, 1])
    return binary.flatMap { op, function in
      (shapes + (op is Mul ? [large] : [])).map { shapes in operation(op, shapes, function) }
    }
  }()

  private static func operation(
    _ op: any Differentiable, _ shapes: BroadcastCase,
    _ function: @escaping @Sendable (Double, Double) -> Double
  ) -> GradientCase {
    let operands = [
      SeededRandom.tensor(shapes.a, seed: 22), SeededRandom.tensor(shapes.b, in: 0.5...2, seed: 23),
    ]
    var result = GradientCase("\(shapes) \(op)", op, operands) { inputs in
      guard let a = inputs[0], let b = inputs[1] else { return [nil] }
      let shape = (try? Shape.broadcast(Shape(a.shape), Shape(b.shape)))?.sizes ?? []
      return [Reference(shape: shape) { function(a.broadcastElement($0), b.broadcastElement($0)) }]
    }
    if operands[0].count > 1000 { result.samples = 2 }
    return result
  }
}
