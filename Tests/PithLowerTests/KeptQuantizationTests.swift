import CPith
import PithEngine
import PithGraph
import PithHost
import PithImport
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Files that are quantized, of TensorFlow Lite and ONNX, run with their own scales and integers.
@Suite struct KeptQuantizationTests {
  static let quantized = ModelFixture.tflite.filter {
    $0.name.contains("int8") && !$0.name.contains("lstm")
  }

  private func model(_ fixture: ModelFixture) throws -> QuantizedModel {
    try QuantizedModel(keeping: try Simplify.run(try ModelImporter.read(path: fixture.path)).graph)
  }

  /// LiteRT for the one format, ONNX Runtime for the other.
  @Test(arguments: quantized + ModelFixture.quantized)
  func programsComputeWhatTheReferenceDoes(_ fixture: ModelFixture) throws {
    let model = try model(fixture)
    #expect(model.floatNodes.map { "\($0.node.op.name): \($0.reason)" } == [])
    let program = try Lowering.lower(model)
    let session = PithSession(try PithModel(bytes: program.bytes))
    let inputs = try fixture.inputs().map { $0.floats ?? [] }
    // One sample after the other.
    let first = model.graph[model.graph.inputs[0]].type?.shape.dimensions.dropFirst()
    let samples = max(1, inputs[0].count / (first?.reduce(1) { $0 * ($1.size ?? 1) } ?? 1))
    var results: [[Float]] = []
    for sample in 0..<samples {
      let parts = try session.run(
        inputs: inputs.map { input in
          let size = input.count / samples
          return Array(input[sample * size..<(sample + 1) * size])
        })
      results = sample == 0 ? parts : zip(results, parts).map { $0 + $1 }
    }
    let contents = try fixture.contents()
    let expected = try fixture.outputs()
    #expect(results.count == expected.count)
    for (index, (result, expected)) in zip(results, expected).enumerated() {
      let unit = contents["unit\(index)"]?.floats?.first ?? 1 / 256
      let differences = zip(result, try #require(expected.floats)).map { abs($0 - $1) / unit }.sorted()
      #expect(differences.count == expected.count)
      #expect(differences.last ?? 0 < 2.01)
      #expect(differences[differences.count * 99 / 100] < 1.01)
    }
  }

  /// LiteRT keeps a recurrent layer's state in 16 bits, which has no counterpart.
  @Test func recurrentLayersInBytesAreRefused() throws {
    let fixture = try #require(ModelFixture.tflite.first { $0.name == "keras2_lstm_int8" })
    let model = try model(fixture)
    #expect(model.floatNodes.map(\.node.op.name) == ["LSTM"])
    let error = #expect(throws: GraphError.self) { try Lowering.lower(model) }
    #expect(try #require(error).message.contains("give the model in floating point, with --calibrate"))
  }

  @Test(arguments: quantized.filter { $0.name == "network_int8" } + ModelFixture.quantized)
  func integersAreThoseOfTheFile(_ fixture: ModelFixture) throws {
    let model = try model(fixture)
    #expect(model.isKept)
    #expect(!model.graph.nodes.contains { $0.op is FakeQuantize })
    // No weight is rounded anew: what the integers mean is what the graph has.
    var layers = 0
    for node in model.graph.nodes {
      guard let weights = model.weights[node.id] else { continue }
      let floats = try #require(model.graph.constant(node, 1)?.floats)
      let inner = weights.shape[(weights.axis + 1)...].reduce(1, *)
      for index in floats.indices {
        #expect(floats[index] == weights.real(index, channel: index / inner % weights.scales.count))
      }
      layers += 1
    }
    #expect(layers == 5)
  }

  @Test func noTransposeIsLeft() throws {
    let networks = KeptQuantizationTests.quantized.filter { $0.name.hasPrefix("network") }
    for fixture in networks + ModelFixture.quantized {
      let program = try Lowering.lower(try model(fixture))
      let opened = try PithModel(bytes: program.bytes)
      let opcodes = (0..<opened.instructionCount).map { UInt32(opened.instruction($0).opcode) }
      #expect(!opcodes.contains(PITH_OP_F32_COPY.rawValue) && !opcodes.contains(PITH_OP_COPY.rawValue))
    }
  }
}
