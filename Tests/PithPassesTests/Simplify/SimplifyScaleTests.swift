import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: large and hostile graphs")
struct SimplifyScaleTests {
  @Test func aThousandNodesTakeLittleTime() throws {
    var b = GraphBuilder()
    var x = b.input(["N", 4, 8, 8])
    while b.graph.nodes.count < 1200 {
      let y = b.clip(b.batchNorm(b.conv(x, weights: [4, 4, 1, 1], bias: false), channels: 4), 0, 6)
      x = b.add(Add(), x, b.add(Identity(), y))
    }
    let graph = try b.build(x)
    var result = graph
    let clock = ContinuousClock()
    let time = try clock.measure { result = try Simplify.run(graph).graph }
    #expect(result.nodes.count == 480)
    // A fraction of a second where the machine is free.
    #expect(time < .seconds(20), "\(time)")
    print("1,200 nodes simplified in \(time)")
  }

  @Test func constantsThatDoubleDoNotFillTheMemory() throws {
    var b = GraphBuilder()
    let x = b.input(["N"])
    var c = b.constant([1, 1 << 14])
    for _ in 0..<14 { c = b.add(Concat(axis: 0), c, c) }
    let y = b.add(Mul(), b.add(ReduceMean(keepsDimensions: false), c), x)
    let graph = try b.build(y)
    let rule = FoldConstants(budget: 8 << 20)
    let result = try graph.rewritten(by: [rule]).0
    let bytes = result.values.reduce(0) { $0 + ($1.constant?.byteCount ?? 0) }
    #expect(bytes <= 8 << 20)
    #expect(result.nodes.contains { $0.op is Concat })
  }

  @Test func largeConstantsFoldWhereTheyTakeTheirOperandsPlace() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 200])
    let w = b.add(Transpose(), b.constant([100, 200]))
    let graph = try b.build(b.add(MatMul(), x, w))
    #expect(try graph.rewritten(by: [FoldConstants(budget: 0)]).0.operators == ["MatMul"])
  }
}
