import PithEngine
import PithExport
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// What is read computes what PyTorch computed, and the same again after a round trip through ONNX.
@Suite struct PyTorchResultTests {
  @Test func thereAreFixtures() { #expect(PyTorchFixture.all.count > 50) }

  @Test(arguments: PyTorchFixture.all)
  func resultsAreAsRecorded(_ fixture: PyTorchFixture) throws {
    let graph = try PyTorchImporter.read(path: fixture.path)
    try graph.verify()
    let inputs = try fixture.inputs()
    let results = try FloatEngine(graph).run(inputs)
    let expected = try fixture.outputs()
    #expect(results.count == expected.count)
    for (index, (result, expected)) in zip(results, expected).enumerated() {
      let name = graph[graph.outputs[index]].name
      expectClose(result, expected, "output \(index), \(name)")
    }

    try RoundTripFiles.write("pytorch.\(fixture.name)", graph, inputs: inputs, results: results)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    let repeated = try FloatEngine(again).run(inputs)
    for (index, (result, before)) in zip(repeated, results).enumerated() {
      let name = graph[graph.outputs[index]].name
      expectClose(result, before, "output \(index), \(name), after ONNX")
    }
  }
}
