import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithPasses

@Suite("Simplify: fixtures")
struct SimplifyFixtureTests {
  @Test func theDenseNetworkIsGemms() throws {
    let graph = try network("dense")
    #expect(graph.operators.filter { $0 != "Flatten" } == ["Gemm", "Gemm", "Gemm"])
    #expect(graph.nodes.compactMap { ($0.op as? Gemm)?.activation } == [.relu, .relu])
  }

  @Test func theConvolutionalNetworkIsPlain() throws {
    let graph = try network("cnn")
    let plain: Set = ["Conv", "MaxPool", "GlobalAveragePool", "Flatten", "Reshape", "Gemm"]
    #expect(Set(graph.operators).isSubset(of: plain), "\(graph.operators)")
    #expect(graph.operators.contains("Conv"))
  }

  @Test func theMobileNetworkIsPlain() throws {
    let graph = try network("mobilenet")
    let plain: Set = ["Conv", "Add", "GlobalAveragePool", "Flatten", "Reshape", "Gemm"]
    #expect(Set(graph.operators).isSubset(of: plain), "\(graph.operators)")
    #expect(graph.nodes.contains { ($0.op as? Conv)?.activation == .clip(0, 6) })
  }

  private func network(_ name: String) throws -> Graph {
    let fixture = try #require(ModelFixture.networks.first { $0.name == name })
    return try simplified(try ONNXImporter.read(path: fixture.path))
  }

  @Test(arguments: ModelFixture.operators)
  func operatorsKeepTheirValues(_ fixture: ModelFixture) throws {
    let graph = try ONNXImporter.read(path: fixture.path)
    let (result, log) = try Simplify.run(graph)
    try result.verify()
    #expect(result.inputs.map { result[$0].name } == graph.inputs.map { graph[$0].name })
    #expect(result.outputs.map { result[$0].name } == graph.outputs.map { graph[$0].name })
    let actual = try interpret(result, fixture.inputs())
    for (y, expected) in zip(actual, try fixture.outputs()) {
      try #require(y.shape == expected.shape)
      guard let a = expected.floats, let b = y.floats else {
        #expect(y == expected)
        continue
      }
      let scale = a.reduce(1e-6) { Swift.max($0, abs($1)) }
      let worst = zip(a, b).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
      #expect(worst <= 2e-5 * scale, "\(log)")
    }
  }

  @Test(arguments: [
    ("nhwc_sandwich", "Transpose", 2), ("conv_batch_norm_relu", "BatchNormalization", 0),
    ("hard_swish_decomposed", "HardSwish", 1), ("pad_then_conv", "Pad", 0),
    ("shape_gather_reshape", "Shape", 0),
    ("torch_view_script17", "Shape", 0), ("torch_view_dynamo18", "Shape", 0),
    ("torch_gated_script11", "Shape", 0),
    ("unused_nodes_and_weights", "Identity", 0),
  ])
  func idiomsDisappear(name: String, op: String, most: Int) throws {
    let fixture = try #require(ModelFixture.operators.first { $0.name == name })
    let graph = try Simplify.run(try ONNXImporter.read(path: fixture.path)).graph
    #expect(graph.operators.filter { $0 == op }.count <= most, "\(graph.operators)")
  }
}
