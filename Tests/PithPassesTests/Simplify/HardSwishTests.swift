import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: hard sigmoid, hard swish, arithmetic")
struct HardSwishTests {
  private func shifted(_ b: inout GraphBuilder, _ x: ValueID, by shift: Float = 3, to high: Float = 6)
    -> ValueID
  {
    b.clip(b.add(Add(), x, b.scalar(shift)), 0, high)
  }

  @Test(arguments: [true, false])
  func hardSigmoidIsRecognized(byDivision: Bool) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let y = shifted(&b, b.add(Tanh(), x))
    let z = byDivision ? b.add(Div(), y, b.scalar(6)) : b.add(Mul(), b.scalar(1 / 6), y)
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Tanh", "HardSigmoid"])
    #expect(graph.first(HardSigmoid.self) == HardSigmoid(alpha: 1 / 6, beta: 0.5))
  }

  @Test func theFormWithASlopeIsRecognized() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let y = b.add(Mul(), b.add(Tanh(), x), b.scalar(0.2))
    let graph = try simplified(b.build(shifted(&b, y, by: 0.5, to: 1)))
    #expect(graph.operators == ["Tanh", "HardSigmoid"])
    #expect(graph.first(HardSigmoid.self) == HardSigmoid(alpha: 0.2, beta: 0.5))
  }

  @Test(arguments: ["gate divided", "product divided", "fused clip"])
  func hardSwishIsRecognized(kind: String) throws {
    var b = GraphBuilder()
    let x = b.conv(b.input(["N", 2, 3, 3]), weights: [4, 2, 1, 1])
    let z: ValueID
    switch kind {
    case "gate divided": z = b.add(Mul(), x, b.add(Div(), shifted(&b, x), b.scalar(6)))
    case "product divided": z = b.add(Div(), b.add(Mul(), x, shifted(&b, x)), b.scalar(6))
    default:
      let sum = b.add(Add(activation: .clip(0, 6)), b.scalar(3), x)
      z = b.add(Mul(), b.add(Mul(), sum, b.scalar(1 / 6)), x)
    }
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv", "HardSwish"])
  }

  @Test func whatOnlyLooksLikeHardSigmoidStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let rule = RecognizeHardSigmoid()
    try expectUntouched(b.build(b.add(Div(), shifted(&b, x), b.scalar(5))), by: rule)
    try expectUntouched(b.build(b.add(Div(), b.scalar(6), shifted(&b, x))), by: rule)
    try expectUntouched(b.build(b.add(Div(), shifted(&b, x), b.constant([4], in: 6...7))), by: rule)
    let low = b.clip(b.add(Add(), x, b.scalar(3)), 1, 6)
    try expectUntouched(b.build(b.add(Div(), low, b.scalar(6))), by: rule)
    let clamped = shifted(&b, x)
    let y = b.add(Div(), clamped, b.scalar(6))
    try expectUntouched(b.build(y, clamped), by: rule)
    try expectUntouched(b.build(shifted(&b, x, by: 0.5, to: 1)), by: rule)
  }

  @Test func otherSlopesAndGatesAreNoHardSwish() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let other = b.input(["N", 4], "other")
    let rule = RecognizeHardSwish()
    try expectUntouched(b.build(b.add(Mul(), x, b.add(HardSigmoid(alpha: 0.2), x))), by: rule)
    try expectUntouched(b.build(b.add(Mul(), other, b.add(HardSigmoid(alpha: 1 / 6), x))), by: rule)
    let gate = b.add(HardSigmoid(alpha: 1 / 6), x)
    let y = b.add(Mul(), x, gate)
    try expectUntouched(b.build(y, gate), by: rule)
  }

  @Test func swishIsLeftAsItIs() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    #expect(try simplified(b.build(b.add(Mul(), x, b.add(Sigmoid(), x)))).operators == ["Sigmoid", "Mul"])
  }

  @Test func divisionByAPowerOfTwoIsAMultiplication() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let graph = try simplified(
      b.build(b.add(Div(), x, b.constant(Tensor(shape: [4], floats: [2, -0.5, 8, 1])))))
    #expect(graph.operators == ["Mul"])
    #expect(try simplified(b.build(b.add(Div(), x, b.scalar(3)))).operators == ["Div"])
    #expect(try simplified(b.build(b.add(Div(), b.scalar(2), x))).operators == ["Div"])
    try expectUntouched(b.build(b.add(Div(), x, b.scalar(0))), by: NormalizeArithmetic())
    try expectUntouched(b.build(b.add(Div(), x, b.scalar(0x1p-149))), by: NormalizeArithmetic())
  }

  @Test func subtractionOfAConstantIsAnAddition() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    #expect(try simplified(b.build(b.add(Sub(), x, b.constant([4])))).operators == ["Add"])
    #expect(try simplified(b.build(b.add(Sub(), b.constant([4]), x))).operators == ["Sub"])
  }
}
