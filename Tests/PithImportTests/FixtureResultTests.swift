import PithEngine
import PithExport
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// What is read computes what ONNX Runtime computed, and the same again after export.
@Suite struct FixtureResultTests {
  @Test(arguments: ModelFixture.operators + ModelFixture.quantized)
  func resultsAreAsRecorded(_ fixture: ModelFixture) throws {
    let graph = try ONNXImporter.read(path: fixture.path)
    let inputs = try fixture.inputs()
    let results = try FloatEngine(graph).run(inputs)
    let expected = try fixture.outputs()
    #expect(results.count == expected.count)
    for (result, expected) in zip(results, expected) { expectClose(result, expected) }

    try RoundTripFiles.write("operators.\(fixture.name)", graph, inputs: inputs, results: results)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(try FloatEngine(again).run(inputs) == results)
  }

  /// To 1e-4 of the largest number, or exactly where the elements are integers.
  private func expectClose(_ result: Tensor, _ expected: Tensor) {
    #expect(result.shape == expected.shape)
    guard let a = result.floats, let b = expected.floats, a.count == b.count else {
      #expect(result == expected)
      return
    }
    let scale = b.map(abs).max() ?? 0
    let difference = zip(a, b).map { abs($0 - $1) }.max() ?? 0
    #expect(difference <= 1e-4 * scale)
    #expect(a.allSatisfy { !$0.isNaN } || b.contains { $0.isNaN })
  }
}
