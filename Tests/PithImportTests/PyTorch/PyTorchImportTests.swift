import PithGraph
import PithImport
import PithTestSupport
import Testing

/// Every program is read, with the shapes that PyTorch gave.
@Suite struct PyTorchImportTests {
  @Test func thereAreFixtures() { #expect(PyTorchFixture.all.count > 50) }

  @Test(arguments: PyTorchFixture.all)
  func shapesAreAsRecorded(_ fixture: PyTorchFixture) throws {
    let graph = try PyTorchImporter.read(path: fixture.path)
    try graph.verify()
    let (inputs, outputs) = (try fixture.inputs(), try fixture.outputs())
    try expectShapes(graph, inputs: inputs, outputs: outputs)
  }

  @Test func dynamicAxesAreCalledBatch() throws {
    let graph = try PyTorchImporter.read(path: PyTorchFixture(name: "rnn").path)
    #expect(graph[graph.inputs[0]].type?.shape.description == "[batch, 5, 10]")
    #expect(graph[graph.outputs[0]].type?.shape.description == "[batch, 3]")
  }

  @Test func nodesAreCalledAfterTheirModules() throws {
    let graph = try PyTorchImporter.read(path: PyTorchFixture(name: "dense").path)
    #expect(graph.nodes.map(\.name).contains("layers.0/linear"))
    #expect(graph.values.map(\.name).contains("layers.0.weight"))
  }

  @Test func recurrentLayersAreSingleNodes() throws {
    func kinds(_ name: String) throws -> [String] {
      try PyTorchImporter.read(path: PyTorchFixture(name: name).path).nodes.map(\.op.name)
    }
    #expect(try kinds("rnn").filter { $0 == "RNN" }.count == 1)
    #expect(try kinds("lstm").filter { $0 == "LSTM" }.count == 2)
    #expect(try kinds("gru_both_ways").filter { $0 == "GRU" }.count == 2)
    // Zeros as the initial state are left out, and nothing computes their shape.
    #expect(try !kinds("rnn").contains("Shape"))
  }

  @Test func everyFormatIsToldByItsContent() throws {
    let graph = try ModelImporter.read(path: PyTorchFixture(name: "dense_older").path)
    #expect(graph.inputs.count == 1)
  }
}
