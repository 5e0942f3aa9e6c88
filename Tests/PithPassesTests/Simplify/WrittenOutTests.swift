import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: GELU, layer normalization and zero states that are written out")
struct WrittenOutTests {
  private let rules: [any RewriteRule] = [RemoveDeadNodes(), RecognizeLayerNormalization()]

  @Test(arguments: ["half last", "half first", "half beside x", "division by two"])
  func geluIsRecognized(form: String) throws {
    var b = GraphBuilder()
    let x = b.add(Sigmoid(), b.input(["N", 6]))
    let inner = b.add(Div(), x, b.scalar(Float(2).squareRoot()))
    let sum = b.add(Add(), b.add(Erf(), inner), b.scalar(1))
    let y =
      switch form {
      case "half last": b.add(Mul(), b.add(Mul(), x, sum), b.scalar(0.5))
      case "half first": b.add(Mul(), b.add(Mul(), b.scalar(0.5), sum), x)
      case "half beside x": b.add(Mul(), b.add(Mul(), x, b.scalar(0.5)), sum)
      default: b.add(Div(), b.add(Mul(), sum, x), b.scalar(2))
      }
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Sigmoid", "Gelu"])
    #expect(graph.first(Gelu.self) == Gelu())
  }

  @Test(arguments: [true, false])
  func theApproximationIsRecognized(byPower: Bool) throws {
    var b = GraphBuilder()
    let x = b.add(Sigmoid(), b.input(["N", 6]))
    let cube = byPower ? b.add(Pow(), x, b.scalar(3)) : b.add(Mul(), x, b.add(Mul(), x, x))
    let inner = b.add(Add(), x, b.add(Mul(), cube, b.scalar(0.044715)))
    let function = b.add(Tanh(), b.add(Mul(), b.scalar(0.7978845608), inner))
    let half = b.add(Mul(), b.scalar(0.5), x)
    let y = b.add(Mul(), half, b.add(Add(), b.scalar(1), function))
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Sigmoid", "Gelu"])
    #expect(graph.first(Gelu.self) == Gelu(approximatesTanh: true))
  }

  @Test func whatOnlyLooksLikeGeluStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 6])
    let other = b.input(["N", 6], "other")
    func erf(_ divisor: Float, _ one: Float) -> ValueID {
      b.add(Add(), b.add(Erf(), b.add(Div(), x, b.scalar(divisor))), b.scalar(one))
    }
    let rule = RecognizeGelu()
    let root = Float(2).squareRoot()
    try expectUntouched(b.build(b.add(Mul(), b.add(Mul(), x, erf(1.5, 1)), b.scalar(0.5))), by: rule)
    try expectUntouched(b.build(b.add(Mul(), b.add(Mul(), x, erf(root, 2)), b.scalar(0.5))), by: rule)
    try expectUntouched(b.build(b.add(Mul(), b.add(Mul(), other, erf(root, 1)), b.scalar(0.5))), by: rule)
    try expectUntouched(b.build(b.add(Mul(), b.add(Mul(), x, erf(root, 1)), b.scalar(0.25))), by: rule)
    try expectUntouched(b.build(b.add(Mul(), x, erf(root, 1))), by: rule)
  }

  private func normalized(_ b: inout GraphBuilder, _ x: ValueID, _ axes: [Int], power: Bool) -> ValueID {
    let centred = b.add(Sub(), x, b.add(ReduceMean(), x, b.ints(axes)))
    let squares = power ? b.add(Pow(), centred, b.scalar(2)) : b.add(Mul(), centred, centred)
    let variance = b.add(ReduceMean(), squares, b.ints(axes))
    return b.add(Div(), centred, b.add(Sqrt(), b.add(Add(), variance, b.scalar(1e-3))))
  }

  @Test(arguments: [true, false])
  func layerNormalizationIsRecognized(power: Bool) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 5, 8])
    let y = b.add(Mul(), b.constant([8]), normalized(&b, x, [-1], power: power))
    let graph = try simplified(b.build(b.add(Add(), y, b.constant([8]))), by: rules)
    #expect(graph.operators == ["LayerNormalization"])
    #expect(graph.first(LayerNormalization.self) == LayerNormalization(axis: -1, epsilon: 1e-3))
    #expect(graph.constant(of: LayerNormalization.self, 2)?.shape == [8])
  }

  @Test func normalizationOverTwoAxesWithoutScaleIsRecognized() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 5, 8])
    let graph = try simplified(b.build(normalized(&b, x, [1, 2], power: true)), by: rules)
    #expect(graph.first(LayerNormalization.self)?.axis == -2)
    #expect(graph.constant(of: LayerNormalization.self, 1)?.shape == [5, 8])
  }

  @Test func otherNormalizationsStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 5, 8])
    let rule = RecognizeLayerNormalization()
    try expectUntouched(b.build(normalized(&b, x, [1], power: true)), by: rule)
    let mean = b.add(ReduceMean(), x, b.ints([2]))
    let centred = b.add(Sub(), x, mean)
    let other = b.add(ReduceMean(), b.add(Mul(), x, x), b.ints([2]))
    let y = b.add(Div(), centred, b.add(Sqrt(), b.add(Add(), other, b.scalar(1e-5))))
    try expectUntouched(b.build(y), by: rule)
  }

  @Test func zeroStatesAreLeftOut() throws {
    var b = GraphBuilder()
    let x = b.input([3, "N", 2])
    let shape = b.add(ShapeOf(), b.add(Slice(), x, b.ints([0]), b.ints([1]), b.ints([0])))
    let batch = b.add(Slice(), shape, b.ints([1]), b.ints([2]))
    let size = b.graph.add(
      Concat(axis: 0), [b.ints([1]), batch, b.ints([4])], name: "size", outputs: ["size"])[0]
    let zeros = b.add(Expand(), b.scalar(0), size)
    let other = b.add(Expand(), b.scalar(0.5), size)
    let (w, r) = (b.constant([1, 16, 2]), b.constant([1, 16, 4]))
    let op = LSTM(hiddenSize: 4)
    let graph = try simplified(b.build(b.add(op, x, w, r, nil, nil, zeros, zeros)))
    #expect(graph.operators == ["LSTM"])
    #expect(graph.nodes[0].inputs.count == 3)
    try expectUntouched(b.build(b.add(op, x, w, r, nil, nil, other, other)), by: RemoveZeroState())
  }
}
