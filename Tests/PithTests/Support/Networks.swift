import Foundation
import Pith
import PithTestSupport
import Testing

/// The trained networks of `fixtures/`, and what they are quantized and scored on.
enum Networks {
  static let names = ["dense", "cnn", "mobilenet"]

  static func path(_ name: String) -> String { "\(ModelFixture.folder)/models/\(name).onnx" }

  private static let data = "\(ModelFixture.folder)/fashion-mnist"
  static let calibrationImages = "\(data)/calibration-images.idx.gz"
  static let calibration = "\(data)/calibration-images.idx.gz,\(data)/calibration-labels.idx.gz"
  static let test = "\(data)/test-images.idx.gz,\(data)/test-labels.idx.gz"
  static let testImages = "\(data)/test-images.idx.gz"

  /// 64 samples, and the outputs that ONNX Runtime gave for them.
  static func recorded(_ name: String) throws -> (inputs: [[Float]], outputs: [Float]) {
    let inputs = try NPY.read("\(ModelFixture.folder)/models/\(name).input.npy")
    let outputs = try NPY.read("\(ModelFixture.folder)/models/\(name).output.npy")
    let elements = inputs.shape.dropFirst().reduce(1, *)
    let samples = (0..<inputs.shape[0]).map { Array(inputs.values[$0 * elements..<($0 + 1) * elements]) }
    return (samples, outputs.values)
  }

  /// A request as the command line makes it.
  static func request(
    _ model: String, calibrate: String = calibrationImages, samples: Int = 512,
    method: RangeMethod = .minmax, evaluate: String? = nil, strict: Bool = false, to output: String,
    qdq: String? = nil, report: String? = nil
  ) throws -> QuantizationJob.Request {
    QuantizationJob.Request(
      modelPath: model, calibration: try DataSet(calibrate), samples: samples,
      settings: QuantizationSettings(method: method), evaluation: try evaluate.map { try DataSet($0) },
      isStrict: strict, outputPath: output, qdqPath: qdq, reportPath: report, threads: 2, keepsNames: true,
      command: "compress quantize")
  }

  /// Each network, quantized once for all tests.
  static let quantized: [String: Result<Quantized, any Error>] = Dictionary(
    uniqueKeysWithValues: names.map { name in
      (name, Result { try Quantized(name) })
    })

  struct Quantized {
    var report: QuantizationReport
    var bytes: [UInt8]

    init(_ name: String) throws {
      let folder = try TemporaryFolder()
      let path = folder.path("\(name).pith")
      report = try QuantizationJob(
        try Networks.request(Networks.path(name), evaluate: Networks.test, to: path)
      ).run()
      bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
  }
}

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "pith-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Everything in it, hidden files too.
  var contents: [String] { contents(of: "") }

  func contents(of name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
  }
}
