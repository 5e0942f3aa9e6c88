import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: Gemm")
struct GemmTests {
  @Test func productAndSumBecomeGemm() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let y = b.add(MatMul(), x, b.constant([4, 3]), name: "dense")
    let graph = try simplified(b.build(b.add(Relu(), b.add(Add(), b.constant([3]), y))))
    #expect(graph.operators == ["Gemm"])
    #expect(graph.nodes[0].name == "dense")
    #expect(graph.first(Gemm.self) == Gemm(transposesB: true, activation: .relu))
    #expect(graph.constant(of: Gemm.self, 1)?.shape == [3, 4])
    #expect(graph.constant(of: Gemm.self, 2)?.shape == [3])
  }

  @Test(arguments: [["N", 2, 4], [3, 5, 4], [2, "N", 3, 4]] as [Shape])
  func aLinearLayerOverASequenceBecomesGemm(_ shape: Shape) throws {
    var b = GraphBuilder()
    let x = b.input(shape)
    let y = b.add(MatMul(), x, b.constant([4, 3]), name: "dense")
    let graph = try simplified(b.build(b.add(Relu(), b.add(Add(), b.constant([1, 3]), y))))
    #expect(graph.operators.filter { $0 == "Gemm" }.count == 1)
    #expect(!graph.operators.contains("MatMul") && !graph.operators.contains("Add"))
    #expect(graph.constant(of: Gemm.self, 2)?.shape == [3])
  }

  @Test func otherProductsStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4])
    let w = b.input([4, 3], "w")
    let v = b.input(["N", 4], "v")
    try expectUntouched(b.build(b.add(MatMul(), x, b.constant([4, 3]))), by: MatMulToGemm())
    try expectUntouched(b.build(b.add(MatMul(), v, w)), by: MatMulToGemm())
    try expectUntouched(b.build(b.add(MatMul(), v, b.constant([2, 4, 3]))), by: MatMulToGemm())
    try expectUntouched(b.build(b.add(MatMul(), v, b.constant([4]))), by: MatMulToGemm())
  }

  @Test(arguments: [[], [1], [3], [1, 3], [1, 1]], [true, false])
  func factorsGoIntoWeightsAndBias(bias: [Int], transposes: Bool) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let w = b.constant(transposes ? [3, 4] : [4, 3])
    let y = b.add(Gemm(alpha: 0.3, beta: 0.7, transposesB: transposes), x, w, b.constant(bias))
    let graph = try simplified(b.build(y))
    #expect(graph.first(Gemm.self) == Gemm(transposesB: true))
    #expect(graph.constant(of: Gemm.self, 1)?.shape == [3, 4])
    #expect(graph.constant(of: Gemm.self, 2)?.shape == [3])
  }

  @Test func aBetaOfZeroDropsTheBias() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let c = b.input(["N", 3], "c")
    let y = b.add(Gemm(beta: 0), x, b.constant([4, 3]), c)
    let graph = try simplified(b.build(y))
    #expect(graph.nodes[0].inputs.count == 2)
    #expect(graph.first(Gemm.self) == Gemm(transposesB: true))
  }

  @Test func aBiasThatIsNotOneRowStays() throws {
    var b = GraphBuilder()
    let x = b.input([2, 4])
    let c = b.input([2, 3], "c")
    for bias in [b.constant([2, 3]), b.constant([2, 1]), c] {
      let y = b.add(Gemm(alpha: 2, beta: 0.5), x, b.constant([4, 3]), bias)
      let graph = try simplified(b.build(y))
      #expect(graph.first(Gemm.self) == Gemm(beta: 0.5, transposesB: true))
      try expectUntouched(b.build(b.add(Add(), y, b.constant([3]))), by: FoldAffineIntoProducer())
    }
  }

  @Test func computedWeightsStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4])
    let w = b.input([4, 3], "w")
    try expectUntouched(b.build(b.add(Gemm(alpha: 2), x, w)), by: NormalizeGemm())
  }

  @Test func aTransposedLeftSideStaysSo() throws {
    var b = GraphBuilder()
    let x = b.input([4, 2])
    let y = b.add(Gemm(transposesA: true), x, b.constant([4, 3]), b.constant([3]))
    let graph = try simplified(b.build(b.add(Mul(), y, b.constant([3]))))
    #expect(graph.operators == ["Gemm"])
    #expect(graph.first(Gemm.self) == Gemm(transposesA: true, transposesB: true))
  }
}
