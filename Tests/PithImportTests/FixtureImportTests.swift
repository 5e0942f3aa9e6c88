import PithExport
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// Every fixture is read, and survives the way out and in again.
@Suite struct FixtureImportTests {
  @Test func thereAreFixtures() {
    #expect(ModelFixture.operators.count > 200)
  }

  @Test(arguments: ModelFixture.operators)
  func shapesAreAsRecorded(_ fixture: ModelFixture) throws {
    let graph = try ONNXImporter.read(path: fixture.path)
    try graph.verify()
    let inputs = try fixture.inputs()
    let outputs = try fixture.outputs()
    try expectShapes(graph, inputs: inputs, outputs: outputs)
  }

  @Test(arguments: ModelFixture.operators, [17, 18, 21])
  func exportIsAFixedPoint(_ fixture: ModelFixture, opset: Int) throws {
    let first = try ONNXImporter.read(path: fixture.path)
    let written = try ONNXExporter.bytes(of: first, opset: opset)
    let second = try ONNXImporter.read(bytes: written)
    #expect(first.nodes.map(\.op.name) == second.nodes.map(\.op.name))
    #expect(first.outputs.map { first[$0].type } == second.outputs.map { second[$0].type })
    #expect(first.outputs.map { first[$0].name } == second.outputs.map { second[$0].name })
    #expect(try ONNXExporter.bytes(of: second, opset: opset) == written)
  }
}
