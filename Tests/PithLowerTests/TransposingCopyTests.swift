import CPith
import PithEngine
import PithGraph
import PithHost
import PithImport
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Networks with their channels first and those with their channels last meet in one layout: no element is moved to bring
/// one into the other.
@Suite struct TransposingCopyTests {
  static let networks =
    ["conv1d", "conv2d", "resampling"].map { "keras/\($0).keras" }
    + [
      "network", "network_float16", "network_hybrid", "network_int8", "network_int8_float_ends",
      "network_pooled",
      "network_pooled_int8", "network_uint8_ends", "residual_int8", "elementwise_int8", "pad_conv",
      "conv_same",
      "conv_same_strided", "conv_dilated", "conv1d", "depthwise", "flatten_dense", "transpose_conv",
      "mean_spatial",
    ].map { "tflite/\($0).tflite" }
    + [
      "dense", "convolutional", "line", "unet", "older", "older_resources", "dilated", "nested",
    ].map {
      "savedmodel/\($0)"
    }
    + ["convolutions1d", "pools", "pools1d", "encoder", "encoder_first"].map { "pytorch/\($0).pt2" }
    + ["dense", "cnn", "mobilenet"].map { "models/\($0).onnx" }

  @Test(arguments: networks) func noElementIsTransposed(_ name: String) throws {
    let imported = try ModelImporter.read(path: "\(ModelFixture.folder)/\(name)")
    let graph = try Simplify.run(imported.specialized(batch: 1)).graph
    var random = SeededRandom(seed: 1)
    let samples = try (0..<4).map { _ in try graph.inputs.map { random.tensor(try graph.sizes($0)) } }
    let isQuantized = graph.nodes.contains { $0.op is FakeQuantize }
    let model = try isQuantized ? QuantizedModel(keeping: graph) : graph.quantized(on: samples)
    let program = try Lowering.lower(model)
    let copies = try program.transposingCopies()
    #expect(copies.isEmpty, "\(copies)")
    // Every kind of kernel says the same.
    let expected = try program.outputs(samples)
    for isa in PithISA.available {
      let session = PithSession(try PithModel(bytes: program.bytes, isa: isa))
      let outputs = try samples.map { try session.run(inputs: $0.map { $0.floats ?? [] }) }
      #expect(outputs == expected, "\(isa)")
    }
  }

  /// Integers say what TensorFlow said, as far as eight bits can.
  @Test(arguments: ["dense", "convolutional", "line", "unet", "older", "dilated", "nested"])
  func savedModelsKeepTheirResults(_ name: String) throws {
    let fixture = try #require(SavedModelFixture.all.first { $0.name == name })
    let graph = try Simplify.run(try ModelImporter.read(path: fixture.path)).graph.specialized(batch: 1)
    let inputs = try fixture.inputs()
    let samples = (0..<(inputs.first?.shape[0] ?? 0)).map { index in inputs.map { $0.row(index) } }
    let program = try Lowering.lower(try graph.quantized(on: samples))
    let (actual, expected) = (try program.outputs(samples), try fixture.outputs())
    for index in expected.indices {
      let closeness = Closeness.decibels(actual.flatMap { $0[index] }, expected[index].floats ?? [])
      #expect(closeness > 20, "output \(index): \(closeness) dB")
    }
  }
}
