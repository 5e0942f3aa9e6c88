import PithEngine
import PithExport
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// SavedModels compute what TensorFlow computed, and the same again after export to ONNX.
@Suite struct SavedModelTests {
  @Test func thereAreFixtures() { #expect(SavedModelFixture.all.count >= 12) }

  @Test(arguments: SavedModelFixture.all)
  func resultsAreAsRecorded(_ fixture: SavedModelFixture) throws {
    let graph = try ModelImporter.read(path: fixture.path)
    try graph.verify()
    let inputs = try fixture.inputs()
    let results = try FloatEngine(graph).run(inputs)
    let expected = try fixture.outputs()
    #expect(results.count == expected.count)
    for (index, (result, expected)) in zip(results, expected).enumerated() {
      #expect(distance(result, expected) <= 1e-5, "output \(index) '\(graph[graph.outputs[index]].name)'")
      #expect(graph[graph.outputs[index]].type?.element == expected.element)
    }

    try RoundTripFiles.write("savedmodel.\(fixture.name)", graph, inputs: inputs, results: results)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(try FloatEngine(again).run(inputs) == results)
  }

  /// The largest difference, relative to the largest number where that is above 1; infinite where the shapes differ.
  private func distance(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    guard let x = a.floats, let y = b.floats else { return a == b ? 0 : .infinity }
    let scale = max(1, y.map(abs).max() ?? 0)
    return (zip(x, y).map { abs($0 - $1) }.max() ?? 0) / scale
  }
}
