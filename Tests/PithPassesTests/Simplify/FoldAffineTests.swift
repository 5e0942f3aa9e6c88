import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: scales and shifts")
struct FoldAffineTests {
  @Test(arguments: [true, false])
  func batchNormGoesIntoConv(hasBias: Bool) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 8, 8])
    let y = b.conv(x, weights: [4, 3, 3, 3], bias: hasBias, name: "conv1")
    let z = b.batchNorm(y, channels: 4)
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv"])
    #expect(graph.nodes[0].name == "conv1")
    #expect(graph.nodes[0].inputs.count == 3)
  }

  @Test func batchNormGoesIntoDepthwiseConv() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 6, 6])
    let padding = Padding.explicit(begin: [1, 1], end: [1, 1])
    let y = b.conv(x, weights: [4, 1, 3, 3], Conv(padding: padding, groups: 4))
    let graph = try simplified(b.build(b.batchNorm(y, channels: 4)))
    #expect(graph.operators == ["Conv"])
  }

  @Test func batchNormGoesIntoGemm() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 5])
    let y = b.add(Gemm(), x, b.constant([5, 3]), b.constant([3]))
    let graph = try simplified(b.build(b.batchNorm(y, channels: 3)))
    #expect(graph.operators == ["Gemm"])
  }

  @Test func batchNormStaysWhereTheConvHasAnotherReader() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 8, 8])
    let y = b.conv(x, weights: [4, 3, 3, 3])
    let z = b.batchNorm(y, channels: 4)
    try expectUntouched(b.build(b.add(Mul(), y, z)), by: FoldAffineIntoProducer())
    try expectUntouched(b.build(z, y), by: FoldAffineIntoProducer())
  }

  @Test func batchNormStaysAfterAnActivation() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 8, 8])
    let y = b.conv(x, weights: [4, 3, 3, 3], Conv(activation: .relu))
    try expectUntouched(b.build(b.batchNorm(y, channels: 4)), by: FoldAffineIntoProducer())
  }

  @Test func batchNormWithComputedStatisticsStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 8, 8])
    let variance = b.input([4], "variance")
    let y = b.conv(x, weights: [4, 3, 3, 3])
    let z = b.add(
      BatchNormalization(), y, b.constant([4]), b.constant([4]), b.constant([4]), variance)
    try expectUntouched(b.build(z), by: FoldAffineIntoProducer())
    try expectUntouched(b.build(z), by: DecomposeBatchNormalization())
  }

  @Test func batchNormOfNoVarianceStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 8, 8])
    let y = b.conv(x, weights: [4, 3, 3, 3])
    let zero = b.constant(Tensor(shape: [4], floats: [1, 1, 0, 1]))
    let z = b.add(
      BatchNormalization(epsilon: 0), y, b.constant([4]), b.constant([4]), b.constant([4]), zero)
    try expectUntouched(b.build(z), by: FoldAffineIntoProducer())
  }

  @Test(arguments: [[4, 1, 1], [1, 4, 1, 1], [], [1]])
  func channelConstantsGoIntoConv(shape: [Int]) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 8, 8])
    var y = b.conv(x, weights: [4, 3, 3, 3], bias: false)
    y = b.add(Mul(), b.constant(shape), y)
    y = b.add(Add(), y, b.constant(shape))
    y = b.add(Sub(), y, b.constant(shape))
    y = b.add(Div(), y, b.constant(shape, in: 1...2))
    y = b.add(Sub(), b.constant(shape), y)
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Conv"])
  }

  @Test(arguments: [[4], [4, 1], [1, 1, 1, 4], [4, 4, 1], [1, 1, 1, 1, 4]])
  func constantsAlongOtherAxesStay(shape: [Int]) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let y = b.conv(x, weights: [4, 3, 1, 1])
    try expectUntouched(b.build(b.add(Mul(), y, b.constant(shape))), by: FoldAffineIntoProducer())
  }

  @Test func divisionOfAConstantStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let y = b.conv(x, weights: [4, 3, 1, 1])
    try expectUntouched(b.build(b.add(Div(), b.scalar(2), y)), by: FoldAffineIntoProducer())
  }

  @Test func theActivationOfAnAddMovesAlong() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let y = b.conv(x, weights: [4, 3, 1, 1])
    let z = b.add(Add(activation: .clip(0, 0.5)), y, b.constant([4, 1, 1]))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv"])
    #expect(graph.first(Conv.self)?.activation == .clip(0, 0.5))
  }

  @Test(arguments: [1, 2])
  func scaleAndShiftGoIntoTheConvAfter(groups: Int) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 8, 8])
    let y = b.batchNorm(x, channels: 4)
    let z = b.conv(y, weights: [6, 4 / groups, 3, 3], Conv(groups: groups))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv"])
  }

  @Test func aShiftDoesNotPassPadding() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 8, 8])
    let y = b.batchNorm(x, channels: 4)
    let padding = Padding.explicit(begin: [1, 1], end: [1, 1])
    let z = b.conv(y, weights: [6, 4, 3, 3], Conv(padding: padding))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Mul", "Add", "Conv"])
  }

  @Test func aScalePassesPadding() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 8, 8])
    let y = b.add(Div(), x, b.scalar(255))
    let z = b.conv(y, weights: [6, 4, 3, 3], Conv(padding: .sameUpper))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv"])
  }

  @Test(arguments: [true, false])
  func scaleAndShiftGoIntoTheGemmAfter(transposes: Bool) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    var y = b.add(Mul(), x, b.constant([4]))
    y = b.add(Add(), y, b.constant([1, 4]))
    let z = b.add(Gemm(transposesB: transposes), y, b.constant(transposes ? [3, 4] : [4, 3]))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Gemm"])
  }

  @Test func aShiftThatOthersReadStaysBeforeTheConv() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 4, 4])
    let y = b.add(Add(), x, b.constant([4, 1, 1]))
    let z = b.conv(y, weights: [4, 4, 1, 1])
    try expectUntouched(b.build(b.add(Add(), z, y)), by: FoldAffineIntoConsumer())
    let clamped = b.add(Add(activation: .relu), x, b.constant([4, 1, 1]))
    try expectUntouched(b.build(b.conv(clamped, weights: [4, 4, 1, 1])), by: FoldAffineIntoConsumer())
  }

  @Test func sharedWeightsAreNotChangedForOthers() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let w = b.constant([3, 3, 1, 1], "w")
    let y = b.batchNorm(b.add(Conv(), x, w), channels: 3)
    let z = b.add(Conv(), y, w)
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv", "Conv"])
    #expect(Set(graph.values.map(\.name)).count == graph.values.count)
  }
}
