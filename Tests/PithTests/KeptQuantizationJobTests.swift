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
      modelPath: "\(ModelFixture.folder)/tflite/\(name).tflite", calibration: calibration, samples: 512,
      settings: QuantizationSettings(), evaluation: nil, isStrict: true, outputPath: output, qdqPath: nil,
      reportPath: nil, threads: 1, keepsNames: true, command: "compress quantize")
  }

  @Test func theFilesOwnQuantizationIsKept() throws {
    let folder = try TemporaryFolder()
    let report = try QuantizationJob(request("network_int8", to: folder.path("out.pith"))).run()
    #expect(report.method == "kept" && report.samples == 0 && report.input.format == "tflite")
    #expect(report.warnings == [])
    #expect(report.text(width: 100, colour: false).contains("The file's own quantization is kept"))
    #expect(report.html().contains("own quantization kept"))
    guard case .program = try LoadedModel(path: folder.path("out.pith")) else {
      Issue.record("no program was written")
      return
    }
  }

  @Test func itIsInspectedAsItWillRun() throws {
    let report = try InspectionJob.run(path: "\(ModelFixture.folder)/tflite/network_int8.tflite")
    #expect(report.format == "tflite")
    #expect(report.nodes.allSatisfy { $0.placement == .int8 })
    #expect(!report.nodes.contains { $0.op.contains("FakeQuantize") })
  }

  @Test func calibrationIsForFloatsOnly() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("x.npy")
    try NPY.write([Float](repeating: 0.5, count: 288), shape: [1, 12, 12, 2], to: data)
    let useless = request("network_int8", calibration: try DataSet(data), to: folder.path("out.pith"))
    let text = messageOfFailure { try QuantizationJob(useless).run() }
    #expect(text.contains("leave --calibrate out") && text.contains("network_int8.tflite"))
    let missing = messageOfFailure {
      try QuantizationJob(request("network", to: folder.path("out.pith"))).run()
    }
    #expect(missing.contains("--calibrate") && missing.contains("floating point"))
    #expect(folder.contents == ["x.npy"])
  }
}
