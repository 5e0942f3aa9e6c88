import PithEngine
import PithExport
import PithGraph
import PithImport
import Testing

/// What is read computes what Keras computed, and the same again after the way through ONNX.
@Suite struct KerasFixtureTests {
  @Test func thereAreFixtures() {
    #expect(KerasFixture.all.count > 40)
  }

  @Test(arguments: KerasFixture.all)
  func resultsAreAsRecorded(_ fixture: KerasFixture) throws {
    let graph = try fixture.graph()
    try graph.verify()
    let inputs = try fixture.inputs()
    let expected = try fixture.outputs()
    #expect(graph.inputs.count == inputs.count)
    let results = try FloatEngine(graph).run(inputs)
    #expect(results.count == expected.count)
    for (index, (result, expected)) in zip(results, expected).enumerated() {
      expectClose(result, expected, "output \(index), \(graph[graph.outputs[index]].name)")
    }

    try RoundTripFiles.write("keras.\(fixture.file)", graph, inputs: inputs, results: results)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(again.outputs.map { again[$0].name } == graph.outputs.map { graph[$0].name })
    #expect(try FloatEngine(again).run(inputs) == results)
  }

  /// To 1e-5 relative and 1e-4 absolute.
  private func expectClose(_ result: Tensor, _ expected: Tensor, _ name: String) {
    #expect(result.shape == expected.shape, "\(name)")
    guard let a = result.floats, let b = expected.floats, a.count == b.count else { return }
    let difference = zip(a, b).map { abs($0 - $1) - 1e-5 * abs($1) }.max() ?? 0
    #expect(difference <= 1e-4, "\(name): off by \(difference)")
    #expect(a.allSatisfy { !$0.isNaN }, "\(name)")
  }
}
