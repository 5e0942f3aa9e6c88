import PithEngine
import PithExport
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// What is read from TensorFlow Lite files computes what LiteRT computed, and the same again after export to ONNX.
@Suite struct TFLiteFixtureTests {
  /// Those whose recurrence is a loop.
  static let refused = ["lstm", "lstm_sequence"]
  static let fixtures = ModelFixture.tflite.filter { !refused.contains($0.name) }

  @Test func thereAreFixtures() { #expect(TFLiteFixtureTests.fixtures.count > 100) }

  @Test(arguments: fixtures)
  func resultsAreAsRecorded(_ fixture: ModelFixture) throws {
    let graph = try TFLiteImporter.read(path: fixture.path)
    try graph.verify()
    let inputs = try fixture.inputs()
    let results = try FloatEngine(graph).run(inputs)
    let expected = try fixture.outputs()
    let contents = try fixture.contents()
    #expect(results.count == expected.count)
    for (index, (result, expected)) in zip(results, expected).enumerated() {
      // Where the file computes on bytes, a unit of its output.
      expectClose(result, expected, tolerance: contents["unit\(index)"]?.floats?[0])
    }
  }

  @Test(arguments: fixtures)
  func exportComputesTheSame(_ fixture: ModelFixture) throws {
    let graph = try TFLiteImporter.read(path: fixture.path)
    let inputs = try fixture.inputs()
    let results = try FloatEngine(graph).run(inputs)
    try RoundTripFiles.write("tflite.\(fixture.name)", graph, inputs: inputs, results: results)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(try FloatEngine(again).run(inputs) == results)
  }

  private func expectClose(_ result: Tensor, _ expected: Tensor, tolerance: Float?) {
    #expect(result.shape == expected.shape)
    guard let a = result.floats, let b = expected.floats, a.count == b.count else {
      #expect(result == expected)
      return
    }
    let scale = b.map(abs).max() ?? 0
    let differences = zip(a, b).map { abs($0 - $1) }.sorted()
    #expect(a.allSatisfy { !$0.isNaN })
    guard let unit = tolerance else {
      #expect(differences.last ?? 0 <= 1e-4 * scale)
      return
    }
    // LiteRT rounds products of its fixed-point multipliers, and sums and averages, in other ways; what follows may be
    // one more unit apart.
    #expect(differences.last ?? 0 <= 2.01 * unit)
    #expect(differences[differences.count * 99 / 100] <= 1.01 * unit)
  }
}
