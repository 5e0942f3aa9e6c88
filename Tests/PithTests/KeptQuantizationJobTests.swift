import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress quantize` on a network that is quantized already.
@Suite struct KeptQuantizationJobTests {
  private func request(
    _ name: String, calibration: DataSet? = nil, to output: String
  ) -> QuantizationJob.Request {
    QuantizationJob.Request(
      modelPath: "\(ModelFixture.folder)/\(name)", calibration: calibration, samples: 512,
      settings: QuantizationSettings(), evaluation: nil, isStrict: true, outputPath: output, qdqPath: nil,
      reportPath: nil, threads: 1, keepsNames: true, command: "compress quantize")
  }

  @Test(arguments: ["tflite/network_int8.tflite", "quantized/per_channel.onnx"])
  func theFilesOwnQuantizationIsKept(_ file: String) throws {
    let folder = try TemporaryFolder()
    let report = try QuantizationJob(request(file, to: folder.path("out.pith"))).run()
    #expect(report.method == "kept" && report.samples == 0)
    #expect(file.hasSuffix(report.input.format))
    #expect(report.warnings == [])
    #expect(report.text(width: 100, colour: false).contains("The file's own quantization is kept"))
    #expect(report.html().contains("own quantization kept"))
    guard case .program = try LoadedModel(path: folder.path("out.pith")) else {
      Issue.record("no program was written")
      return
    }
  }

  @Test(arguments: ["tflite/network_int8.tflite", "quantized/per_channel.onnx"])
  func itIsInspectedAsItWillRun(_ file: String) throws {
    let report = try InspectionJob.run(path: "\(ModelFixture.folder)/\(file)")
    #expect(file.hasSuffix(report.format))
    #expect(report.nodes.allSatisfy { $0.placement == .int8 })
    #expect(!report.nodes.contains { $0.op.contains("FakeQuantize") })
  }

  @Test func calibrationIsForFloatsOnly() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("x.npy")
    try NPY.write([Float](repeating: 0.5, count: 288), shape: [1, 12, 12, 2], to: data)
    let useless = request(
      "tflite/network_int8.tflite", calibration: try DataSet(data), to: folder.path("out.pith"))
    let text = messageOfFailure { try QuantizationJob(useless).run() }
    #expect(text.contains("leave --calibrate out") && text.contains("network_int8.tflite"))
    let missing = messageOfFailure {
      try QuantizationJob(request("tflite/network.tflite", to: folder.path("out.pith"))).run()
    }
    #expect(missing.contains("--calibrate") && missing.contains("floating point"))
    #expect(folder.contents == ["x.npy"])
  }
}
