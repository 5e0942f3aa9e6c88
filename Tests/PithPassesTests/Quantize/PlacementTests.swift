import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct PlacementTests {
  private func reason(_ graph: Graph, excluding names: Set<String> = []) throws -> [String?] {
    let quantizer = try Quantizer(graph, settings: QuantizationSettings(excluded: names))
    return graph.nodes.map { node in
      if case .float32(let reason)? = quantizer.placements[node.id] { reason } else { nil }
    }
  }

  @Test func nodesAreExcludedByNameOrOutput() throws {
    var builder = GraphBuilder()
    let x = builder.input(["N", 3])
    let a = builder.add(Relu(), x, name: "first")
    let graph = try builder.build(builder.add(Tanh(), a, name: "second"))
    #expect(try reason(graph) == [nil, nil])
    #expect(try reason(graph, excluding: ["first"]) == ["it was excluded", nil])
    #expect(try reason(graph, excluding: ["second.y"]) == [nil, "it was excluded"])
    let error = #expect(throws: GraphError.self) { try reason(graph, excluding: ["thrid"]) }
    #expect(error?.message.contains("no node is called 'thrid'") == true)
  }

  @Test func probabilitiesThatLeaveKeepFullPrecision() throws {
    var builder = GraphBuilder()
    let x = builder.input(["N", 3])
    let graph = try builder.build(builder.add(Softmax(axis: -1), x))
    #expect(try reason(graph)[0]?.contains("keep full precision") == true)
  }

  @Test(arguments: [0, 1, 2, 3, -1])
  func softmaxIsIntegerAlongEveryAxis(axis: Int) throws {
    var builder = GraphBuilder()
    let x = builder.input(["N", 3, 4, 5])
    let p = builder.add(Softmax(axis: axis), x)
    let graph = try builder.build(builder.add(Mul(), p, x))
    #expect(try reason(graph)[0] == nil)
  }

  @Test func rangesThatAreKnownAreNotMeasured() throws {
    var builder = GraphBuilder()
    let x = builder.input(["N", 3])
    let y = builder.add(Sigmoid(), x)
    let z = builder.add(Tanh(), x)
    let flat = builder.add(Flatten(axis: 1), z)
    let graph = try builder.build(y, flat)
    var quantizer = try Quantizer(graph)
    try quantizer.calibrate([Tensor(shape: [1, 3], floats: [-1, 0.5, 1])])
    let model = try quantizer.finish()
    #expect(model.activations[y] == QuantizationParameters(scale: 1 / 256, zeroPoint: 0))
    #expect(model.activations[z] == QuantizationParameters(scale: 1 / 128, zeroPoint: 128))
    #expect(model.activations[flat] == model.activations[z])
    #expect(model.activations[x] == QuantizationParameters(covering: -1...1))
  }
}
