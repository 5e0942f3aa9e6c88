import PithEngine
import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct QuantizationAwareGraphTests {
  private func quantized(_ graph: Graph, excluded: Set<String> = [], seed: Int = 9) throws -> QuantizedModel {
    var random = SeededRandom(seed: seed)
    var quantizer = try Quantizer(graph, settings: QuantizationSettings(excluded: excluded))
    let shape = try graph.specialized(batch: 8).sizes(graph.inputs[0])
    try quantizer.calibrate([random.tensor(shape)])
    return try quantizer.finish()
  }

  /// The names of values that are rounded.
  private func roundings(_ graph: Graph) -> [String] {
    graph.nodes.filter { $0.op is FakeQuantize }.map { graph[$0.inputs[0] ?? ValueID(0)].name }
  }

  @Test func everyByteIsRoundedOnce() throws {
    var builder = GraphBuilder(seed: 2)
    let x = builder.input(["N", 2, 8, 8])
    let a = builder.conv(x, weights: [4, 2, 3, 3], Conv(padding: .sameUpper, activation: .relu), name: "a")
    let pooled = builder.add(MaxPool(window: Window(kernel: [2, 2], strides: [2, 2])), a, name: "pool")
    let b = builder.conv(pooled, weights: [4, 4, 1, 1], name: "b")
    let sum = builder.add(Add(activation: .relu), b, pooled, name: "sum")
    let probability = builder.add(Sigmoid(), sum, name: "sigmoid")
    let graph = try builder.build(probability)
    let aware = try QuantizationAwareGraph(try quantized(graph))
    #expect(roundings(aware.graph) == ["x", "w", "a.y", "w", "sum.y", "sigmoid.y"])
    // Two layers' weights, biases and scales, and the scales of x, a and the sum: b is added to before it is rounded; the
    // sigmoid's range is its own.
    #expect(aware.graph.trainableParameters().count == 3 + 3 + 3)
    let fixed = aware.graph.nodes.compactMap { $0.op as? FakeQuantize }.filter { !$0.learnsScale }
    #expect(fixed.map(\.units) == [[1 / 256]])
  }

  @Test func whatStaysInFloatIsLeftAlone() throws {
    var builder = GraphBuilder(seed: 3)
    let x = builder.input(["N", 2, 8, 8])
    let a = builder.conv(x, weights: [4, 2, 3, 3], name: "a")
    let b = builder.conv(a, weights: [4, 4, 3, 3], name: "b")
    let c = builder.conv(b, weights: [4, 4, 3, 3], name: "c")
    let graph = try builder.build(c)
    let aware = try QuantizationAwareGraph(try quantized(graph, excluded: ["b"]))
    #expect(roundings(aware.graph) == ["x", "w", "a.y", "b.y", "w", "c.y"])
    let b2 = try #require(aware.graph.nodes.first { $0.name == "b" })
    #expect(
      aware.graph.constant(b2, 1) == graph.constant(try #require(graph.nodes.first { $0.name == "b" }), 1))
    // It reads bytes that were turned back to floats, and its own output becomes bytes only where bytes are needed.
    #expect(b2.inputs[0].map { aware.graph[$0].name } == "a.y_rounded")
  }

  @Test func gradientScalesAreTheOnesOfThePaper() throws {
    var builder = GraphBuilder(seed: 4)
    let x = builder.input(["N", 2, 8, 8])
    let y = builder.conv(x, weights: [4, 2, 3, 3], Conv(padding: .sameUpper, activation: .relu), name: "a")
    let aware = try QuantizationAwareGraph(try quantized(try builder.build(y)))
    let ops = aware.graph.nodes.compactMap { $0.op as? FakeQuantize }
    func g(_ count: Double, _ levels: Double) -> Float { Float(1 / (count * levels).squareRoot()) }
    let zero = Double(ops[0].zeroPoint)
    #expect(ops.map(\.gradientScale) == [g(128, Swift.max(zero, 255 - zero)), g(18, 127), g(256, 255)])
  }

  @Test func aConstantBesideActivationsIsRoundedAndStays() throws {
    var builder = GraphBuilder(seed: 5)
    let x = builder.input(["N", 3, 4, 4])
    let shift = builder.constant([1, 3, 1, 1], in: -2...2, "shift")
    let y = builder.add(Add(), x, shift, name: "shifted")
    let model = try quantized(try builder.build(y))
    let aware = try QuantizationAwareGraph(model)
    let node = try #require(aware.graph.nodes.first { $0.name == "shifted" })
    let parameters = try #require(model.activations[shift])
    let rounded = try #require(model.graph[shift].constant?.floats).map {
      parameters.real(parameters.quantized($0))
    }
    #expect(aware.graph.constant(node, 1)?.floats == rounded)
    #expect(aware.graph.trainableParameters().count == 2)
  }

  @Test func divergenceIsTold() throws {
    var builder = GraphBuilder(seed: 6)
    let x = builder.input(["N", 4])
    let y = builder.add(Gemm(), x, builder.constant([4, 3]), name: "layer")
    let aware = try QuantizationAwareGraph(try quantized(try builder.build(y)))
    for id in aware.graph.trainableParameters() {
      var graph = aware.graph
      let shape = try #require(graph[id].constant?.shape)
      graph.update(id) {
        $0.constant = Tensor(shape: shape, floats: Array(repeating: .infinity, count: shape.reduce(1, *)))
      }
      #expect(throws: GraphError.self, "\(aware.graph[id].name)") { try aware.model(trained: graph) }
    }
  }
}
