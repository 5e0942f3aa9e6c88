import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: activations")
struct FuseActivationTests {
  @Test func reluGoesIntoConvGemmAndAdd() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let y = b.add(Relu(), b.conv(x, weights: [3, 3, 1, 1]))
    let z = b.add(Relu(), b.add(Add(), x, y))
    let flat = b.add(Flatten(), z)
    let w = b.add(Relu(), b.add(Gemm(), flat, b.constant([48, 2])))
    let graph = try simplified(b.build(w))
    #expect(graph.operators == ["Conv", "Add", "Flatten", "Gemm"])
    #expect(graph.first(Conv.self)?.activation == .relu)
    #expect(graph.first(Add.self)?.activation == .relu)
    #expect(graph.first(Gemm.self)?.activation == .relu)
  }

  @Test func clipGoesIntoConv() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let graph = try simplified(b.build(b.clip(b.conv(x, weights: [3, 3, 1, 1]), 0, 0.25)))
    #expect(graph.operators == ["Conv"])
    #expect(graph.first(Conv.self)?.activation == .clip(0, 0.25))
  }

  @Test func clampsIntersect() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let y = b.clip(b.add(Relu(), b.conv(x, weights: [3, 3, 1, 1])), -1, 0.25)
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Conv"])
    #expect(graph.first(Conv.self)?.activation == .clip(0, 0.25))
  }

  @Test func clampsThatDoNotMeetGiveAConstant() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3])
    let graph = try simplified(b.build(b.clip(b.clip(x, -0.5, -0.25), 0.25, 0.5)))
    #expect(graph.operators == ["Clip"])
  }

  @Test func clampsMergeWithoutAProducer() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3])
    #expect(try simplified(b.build(b.add(Relu(), b.add(Relu(), x)))).operators == ["Relu"])
    #expect(try simplified(b.build(b.add(Relu(), b.clip(x, nil, 0.5)))).operators == ["Clip"])
    #expect(try simplified(b.build(b.clip(x, 0, nil))).operators == ["Relu"])
    #expect(try simplified(b.build(b.clip(b.clip(x, 0.125, nil), nil, 0.5))).operators == ["Clip"])
  }

  @Test func aClipWithoutBoundsGoes() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3])
    let y = b.clip(b.add(Sigmoid(), x), nil, nil)
    #expect(try simplified(b.build(y)).operators == ["Sigmoid"])
  }

  @Test func boundsTheWrongWayRoundStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    try expectUntouched(b.build(b.clip(b.conv(x, weights: [3, 3, 1, 1]), 1, 0)), by: FuseActivation())
  }

  @Test func computedBoundsStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let high = b.input([], "high")
    let y = b.add(Clip(), b.conv(x, weights: [3, 3, 1, 1]), nil, high)
    try expectUntouched(b.build(y), by: FuseActivation())
    try expectUntouched(b.build(y), by: MergeActivations())
  }

  @Test func aReluStaysWhereItsOperandIsReadOrGivenOut() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let y = b.conv(x, weights: [3, 3, 1, 1])
    let z = b.add(Relu(), y)
    try expectUntouched(b.build(b.add(Mul(), y, z)), by: FuseActivation())
    try expectUntouched(b.build(z, y), by: FuseActivation())
  }
}
