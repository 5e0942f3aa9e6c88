import Foundation
import PithEngine
import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithExport

/// Damaged files give an error or a normal run, never a crash.
@Suite struct HostileFileTests {
  /// The trained networks, and real exporters' small ones.
  static let models = ModelFixture.networks + ModelFixture.operators.filter { $0.name.hasPrefix("torch_") }

  private func bytes(_ fixture: ModelFixture) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: fixture.path)))
  }

  @Test func thereAreModels() { #expect(HostileFileTests.models.count >= 3) }

  @Test(arguments: models)
  func truncationIsAnError(_ fixture: ModelFixture) throws {
    let bytes = try bytes(fixture)
    for place in 0..<250 {
      // Everywhere, and closely where the structure is: at both ends.
      let count =
        place < 150 ? bytes.count * place / 150 : place < 200 ? place - 150 : bytes.count - place + 199
      #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: Array(bytes.prefix(count))) }
    }
  }

  @Test(arguments: models)
  func flippedBitsAreSurvived(_ fixture: ModelFixture) throws {
    var bytes = try bytes(fixture)
    var random = SeededRandom(seed: 7)
    var errors = 0
    for round in 0..<2000 {
      // Half of them among the last bytes and the first, where the structure is denser than among the weights.
      let place =
        switch round % 4 {
        case 0: Int.random(in: 0..<min(4096, bytes.count), using: &random)
        case 1: Int.random(in: max(0, bytes.count - 4096)..<bytes.count, using: &random)
        default: Int.random(in: 0..<bytes.count, using: &random)
        }
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      bytes[place] ^= bit
      defer { bytes[place] ^= bit }
      do {
        let graph = try ONNXImporter.read(bytes: bytes)
        if round % 20 == 0 { try run(graph) }
      } catch is ImportError {
        errors += 1
      } catch is GraphError {
        errors += 1
      }
    }
    #expect(errors > 0 && errors < 2000)
  }

  private func run(_ graph: Graph) throws {
    let graph = try graph.specialized(batch: 1)
    let inputs = try graph.inputs.map { id -> Tensor in
      guard let type = graph[id].type, let sizes = type.shape.sizes, type.element == .float32,
        let count = type.shape.elementCount, count < 1 << 20
      else { throw GraphError("not a small input") }
      return Tensor(shape: sizes, floats: Array(repeating: 0.5, count: count))
    }
    _ = try FloatEngine(graph).run(inputs)
  }

  @Test func deepNestingIsNotFollowed() throws {
    // A graph in an attribute in a node in a graph, …: protobuf-c would follow it until the stack ends.
    var graph: [UInt8] = []
    for _ in 0..<20_000 {
      let attribute = Wire.field(1, "g") + Wire.field(6, graph) + Wire.field(20, 5)
      graph = Wire.field(1, Wire.field(4, "If") + Wire.field(5, attribute))
    }
    let model = Wire.field(1, 8) + Wire.field(7, graph) + Wire.field(8, Wire.field(2, 17))
    let error = #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: model) }
    #expect(try #require(error).description.contains("(If)"))
  }

  @Test func manyEmptyMessagesTakeNoTime() throws {
    let nodes = Array(repeating: Wire.field(1, [UInt8]()), count: 200_000).flatMap(\.self)
    let attributes = Wire.field(1, Array(repeating: Wire.field(5, [UInt8]()), count: 200_000).flatMap(\.self))
    for graph in [nodes, attributes] {
      let model = Wire.field(1, 8) + Wire.field(7, graph) + Wire.field(8, Wire.field(2, 17))
      #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: model) }
    }
  }

  @Test func longChainsAreSorted() throws {
    var model = TestModel()
    for index in (0..<20_000).reversed() {
      model.add("Relu", [index == 0 ? "x" : "v\(index)"], ["v\(index + 1)"])
    }
    model.outputs = ["v20000"]
    let graph = try ONNXImporter.read(bytes: model.bytes)
    #expect(graph.nodes.count == 20_000)
    try graph.verify()
  }

  @Test func namesOfJoinedAxesDoNotExplode() throws {
    var model = TestModel()
    model.inputs = [("x", ValueType(.float32, [.symbolic("n")]))]
    for index in 0..<60 {
      let before = index == 0 ? "x" : "v\(index)"
      model.add("Concat", [before, before], ["v\(index + 1)"], ["axis": .int(0)])
    }
    model.outputs = ["v60"]
    let error = #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: model.bytes) }
    #expect(try #require(error).description.contains("too involved"))
  }

  @Test func namesOfComputedSizesDoNotExplode() throws {
    for operation in ["Mul", "Add"] {
      var model = TestModel()
      model.inputs = [("x", ValueType(.float32, [.symbolic("n")]))]
      model.add("Shape", ["x"], ["v0"])
      for index in 0..<60 { model.add(operation, ["v\(index)", "v\(index)"], ["v\(index + 1)"]) }
      model.outputs = ["v60"]
      // Names that become too long are not followed any more.
      let graph = try ONNXImporter.read(bytes: model.bytes)
      for size in graph.values.flatMap({ $0.type?.contents ?? [] }) {
        #expect(size.description.utf8.count <= 256)
      }
    }
  }

  @Test func sizesDoNotExplode() throws {
    var model = TestModel().with(input: [1, 1024])
    for index in 0..<60 {
      let before = index == 0 ? "x" : "v\(index)"
      model.add("Concat", [before, before], ["v\(index + 1)"], ["axis": .int(0)])
    }
    model.outputs = ["v60"]
    #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: model.bytes) }
  }
}
