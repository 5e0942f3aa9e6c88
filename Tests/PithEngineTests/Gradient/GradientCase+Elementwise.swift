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
    (Exp(), { exp($0) }), (Erf(), { erf($0) }), (Gelu(), { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }),
    (
      Gelu(approximatesTanh: true),
      { 0.5 * $0 * (1 + tanh(0.797_884_560_8 * ($0 + 0.044_715 * $0 * $0 * $0))) }
    ),
    (Elu(alpha: 0.5), { $0 < 0 ? 0.5 * (exp($0) - 1) : $0 }),
    (Selu(alpha: 2, gamma: 1.5), { 1.5 * ($0 < 0 ? 2 * (exp($0) - 1) : $0) }),
    (Celu(alpha: 2), { max(0, $0) + min(0, 2 * (exp($0 / 2) - 1)) }), (Softplus(), { log(1 + exp($0)) }),
    (Softsign(), { $0 / (1 + abs($0)) }), (Mish(), { $0 * tanh(log(1 + exp($0))) }),
    (Swish(), { $0 / (1 + exp(-$0)) }), (Swish(beta: 2), { $0 / (1 + exp(-2 * $0)) }), (Abs(), { abs($0) }),
    (Neg(), { -$0 }), (Sin(), { sin($0) }), (Cos(), { cos($0) }), (Atan(), { atan($0) }),
    (Sinh(), { sinh($0) }), (Cosh(), { cosh($0) }), (Asinh(), { asinh($0) }),
    (ThresholdedRelu(alpha: 1), { $0 > 1 ? $0 : 0 }),
    (Shrink(lambda: 1, bias: 0.5), { abs($0) > 1 ? $0 - ($0 > 0 ? 0.5 : -0.5) : 0 }),
  ]

  /// Functions that not all numbers have, of numbers that they do.
  private static let partial: [(any Differentiable, ClosedRange<Float>, @Sendable (Double) -> Double)] = [
    (Log(), 0.25...4, { log($0) }), (Sqrt(), 0.25...4, { $0.squareRoot() }),
    (Reciprocal(), 0.25...4, { 1 / $0 }),
    (Tan(), -1...1, { tan($0) }), (Asin(), -0.75...0.75, { asin($0) }), (Acos(), -0.75...0.75, { acos($0) }),
    (Acosh(), 1.25...4, { acosh($0) }), (Atanh(), -0.75...0.75, { atanh($0) }),
  ]

  static let partialFunctions: [GradientCase] = partial.map { op, range, function in
    var random = SeededRandom(seed: 24)
    return GradientCase("\(op)", op, [random.tensor([5, 7], in: range)]) { [$0[0]?.map(function)] }
  }

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
