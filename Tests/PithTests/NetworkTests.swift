import CPith
import Foundation
import Pith
import PithTestSupport
import Testing

/// The trained networks, from the ONNX file to what the integer kernels make of the test images.
@Suite struct NetworkTests {
  @Test(arguments: Networks.names)
  func quantizingCostsLittle(_ name: String) throws {
    let report = try Networks.quantized[name]!.get().report
    let accuracy = try #require(report.accuracy)
    #expect(accuracy.fp32.samples == 2000 && accuracy.int8.samples == 2000)
    #expect(accuracy.fp32.accuracy > 0.85)
    #expect(accuracy.int8.accuracy >= accuracy.fp32.accuracy - 0.0075)
    #expect(report.layers.allSatisfy { $0.placement == .int8 } && report.warnings.isEmpty)
    #expect((report.signalToNoise ?? 0) > 20)
  }

  @Test(arguments: zip(Networks.names, [0.27, 0.27, 0.30]))
  func filesAreSmall(_ name: String, bound: Double) throws {
    let quantized = try Networks.quantized[name]!.get()
    #expect(quantized.report.output.bytes == quantized.bytes.count)
    #expect(try #require(quantized.report.ratio) <= bound)
    // Not less than a byte a parameter.
    let parameters = quantized.report.layers.reduce(0) { $0 + $1.parameters }
    #expect(quantized.bytes.count > parameters)
  }

  /// Bit patterns of what comes out for the 64 recorded inputs.
  private func bits(_ name: String, isa: PithISA, threads: Int = 1) throws -> [[UInt32]] {
    let model = try PithModel(bytes: try Networks.quantized[name]!.get().bytes, isa: isa)
    let session = PithSession(model, pool: threads > 1 ? ThreadPool(threads: threads) : nil)
    return try Networks.recorded(name).inputs.map { try session.run(inputs: [$0])[0].map(\.bitPattern) }
  }

  @Test(arguments: Networks.names)
  func everyInstructionSetGivesTheSameBits(_ name: String) throws {
    let scalar = try bits(name, isa: .scalar)
    #expect(Set(scalar).count > 50, "the outputs differ from sample to sample")
    for isa in PithISA.available { #expect(try bits(name, isa: isa) == scalar, "\(isa)") }
  }

  @Test(arguments: Networks.names, [2, 3, 7])
  func everyNumberOfThreadsGivesTheSameBits(_ name: String, threads: Int) throws {
    let one = try bits(name, isa: .automatic)
    #expect(try bits(name, isa: .automatic, threads: threads) == one)
  }

  @Test(arguments: Networks.names)
  func theFloatEngineGivesTheRecordedOutputs(_ name: String) throws {
    let (inputs, outputs) = try Networks.recorded(name)
    let graph = try Simplify.run(try ONNXImporter.read(path: Networks.path(name))).graph
    let predictor = try FloatPredictor(graph, name: name)
    let found = try predictor.predict(inputs.flatMap { $0 }, count: inputs.count)
    let largest = outputs.map(abs).max() ?? 0
    #expect(found.count == outputs.count && largest > 1)
    for (a, b) in zip(found, outputs) { #expect(abs(a - b) <= 1e-4 * Swift.max(abs(b), 0.1 * largest)) }
  }

  @Test(arguments: Networks.names)
  func integerOutputsAreNearTheRecordedOnes(_ name: String) throws {
    let (inputs, outputs) = try Networks.recorded(name)
    let model = try PithModel(bytes: try Networks.quantized[name]!.get().bytes)
    let predictor = try ProgramPredictor(model, name: name, threads: 2)
    let found = try predictor.predict(inputs.flatMap { $0 }, count: inputs.count)
    var (signal, noise) = (0.0, 0.0)
    for (a, b) in zip(found, outputs) {
      signal += Double(b * b)
      noise += Double((a - b) * (a - b))
    }
    #expect(found.count == outputs.count)
    #expect(10 * log10(signal / noise) > 20)
  }

  @Test(arguments: RangeMethod.allCases)
  func everyMethodQuantizes(_ method: RangeMethod) throws {
    let folder = try TemporaryFolder()
    let report = try QuantizationJob(
      try Networks.request(
        Networks.path("dense"), samples: 128, method: method, evaluate: Networks.test,
        to: folder.path("dense.pith"))
    ).run()
    let accuracy = try #require(report.accuracy)
    #expect(report.method == method.rawValue && report.samples == 128)
    #expect(accuracy.int8.accuracy >= accuracy.fp32.accuracy - 0.02)
  }

  @Test(arguments: ["dense", "mobilenet"])
  func twoRunsGiveTheSameBytes(_ name: String) throws {
    let folder = try TemporaryFolder()
    let files = try (0..<2).map { index in
      let (pith, qdq) = (folder.path("\(index).pith"), folder.path("\(index).onnx"))
      _ = try QuantizationJob(try Networks.request(Networks.path(name), samples: 64, to: pith, qdq: qdq))
        .run()
      return try [pith, qdq].map { try Data(contentsOf: URL(filePath: $0)) }
    }
    #expect(files[0] == files[1])
    #expect(files[0].allSatisfy { $0.count > 50_000 })
    // Nor does the place get into them.
    #expect(files[0][0].range(of: Data(folder.url.path.utf8)) == nil)
  }

  @Test func aFixedBatchIsQuantizedAndRun() throws {
    let folder = try TemporaryFolder()
    var graph = try ONNXImporter.read(path: Networks.path("cnn"))
    graph.setInputType(graph.inputs[0], ValueType(.float32, [4, 1, 28, 28]))
    try graph.inferTypes()
    let (onnx, pith) = (folder.path("batch4.onnx"), folder.path("batch4.pith"))
    try ONNXExporter.write(graph, to: onnx)
    let report = try QuantizationJob(
      try Networks.request(onnx, samples: 64, evaluate: Networks.test, to: pith)
    ).run()
    let accuracy = try #require(report.accuracy)
    #expect(accuracy.fp32.samples == 2000 && report.samples == 64)
    #expect(accuracy.int8.accuracy >= accuracy.fp32.accuracy - 0.01)
    #expect((report.signalToNoise ?? 0) > 20)
    // 2,000 is a multiple of the batch; 6 is not.
    let model = try PithModel(contentsOf: pith)
    let predictor = try ProgramPredictor(model, name: "batch4")
    let inputs = try Networks.recorded("cnn").inputs
    let six = try predictor.predict(inputs[..<6].flatMap { $0 }, count: 6)
    let eight = try predictor.predict(inputs[..<8].flatMap { $0 }, count: 8)
    #expect(six.count == 60 && six == Array(eight.prefix(60)))
  }
}
