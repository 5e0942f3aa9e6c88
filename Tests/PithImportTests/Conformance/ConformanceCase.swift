import Foundation
import PithEngine
import PithGraph

@testable import PithExport
@testable import PithImport

/// One test of ONNX's own backend suite: a model, and inputs with the outputs that the reference implementation gives.
struct ConformanceCase: Sendable {
  var name: String
  var folder: String

  /// Where Debian's package `libonnx-testdata` puts the tests of single nodes.
  static let standardFolder = "/usr/share/libonnx-testdata/data/node"

  /// The folder of the tests: `PITH_ONNX_TESTDATA`, or Debian's; nil where there is none.
  static var root: String? {
    let folder = ProcessInfo.processInfo.environment["PITH_ONNX_TESTDATA"] ?? standardFolder
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }

  static func all(in folder: String) throws -> [ConformanceCase] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: "\(path)/model.onnx") else { return nil }
      return ConformanceCase(name: name, folder: path)
    }
  }

  /// Why a test does not pass.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs the test: as imported, and once more after it was written and read again.
  /// - Throws: what does not fit.
  func run() throws {
    let file = try FileBytes(path: "\(folder)/model.onnx")
    let names = try withExtendedLifetime(file) { try ONNXFile(file.raw).graph.inputs.map(\.name) }
    for index in 0... {
      let data = "\(folder)/test_data_set_\(index)"
      guard FileManager.default.fileExists(atPath: data) else { break }
      try run(inputs: try tensors(data, "input"), names: names, expected: try tensors(data, "output"))
    }
  }

  private func run(inputs: [Tensor], names: [String], expected: [Tensor]) throws {
    guard names.count == inputs.count else {
      throw Failure(description: "\(inputs.count) inputs are given for \(names.count)")
    }
    let (graph, fixed) = try read(Array(zip(names, inputs)))
    let values = zip(names, inputs).filter { !fixed.contains($0.0) }.map(\.1)
    let results = try FloatEngine(graph).run(values)
    try compare(results, expected)
    try RoundTripFiles.write("onnx.\(name)", graph, inputs: values, results: results)
    let again: Graph
    do {
      again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    } catch {
      throw Failure(description: "after export: \(error)")
    }
    try compare(try FloatEngine(again).run(values), results, again: true)
  }

  /// Reads the model. Shapes, axes and other things that Pith needs to know beforehand are inputs of these tests: where
  /// it cannot do without, the vectors and scalars among the inputs become constants.
  private func read(_ inputs: [(name: String, tensor: Tensor)]) throws -> (Graph, Set<String>) {
    let path = "\(folder)/model.onnx"
    let small = inputs.filter { $0.tensor.rank <= 1 || $0.tensor.count == 0 }
    let attempts = [[], small.filter { !$0.tensor.element.isFloatingPoint || $0.tensor.count == 0 }, small]
    var problem: (any Error)?
    for fixed in attempts {
      do {
        let constants = Dictionary(
          fixed.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        let graph = try ONNXImporter.read(path: path, options: .init(constants: constants))
        return (graph, Set(constants.keys))
      } catch {
        if problem == nil { problem = error }
      }
    }
    throw problem ?? Failure(description: "it cannot be read")
  }

  /// The tensors of one data set, in order.
  private func tensors(_ data: String, _ kind: String) throws -> [Tensor] {
    var result: [Tensor] = []
    var reader = TensorReader(directory: nil, byteLimit: 1 << 28)
    while FileManager.default.fileExists(atPath: "\(data)/\(kind)_\(result.count).pb") {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(data)/\(kind)_\(result.count).pb")))
      do {
        result.append(try bytes.withUnsafeBytes { try reader.tensor($0) })
      } catch {
        throw Failure(
          description: "\(kind) \(result.count) is no tensor of numbers that Pith holds: \(error)")
      }
    }
    return result
  }

  /// ONNX's own tolerance: a thousandth of the number, and 1e-7.
  private func compare(_ results: [Tensor], _ expected: [Tensor], again exactly: Bool = false) throws {
    guard results.count == expected.count else {
      throw Failure(description: "\(results.count) outputs instead of \(expected.count)")
    }
    for (index, (result, expected)) in zip(results, expected).enumerated() {
      guard result.shape == expected.shape, result.element == expected.element else {
        throw Failure(description: "output \(index) is \(result.type) instead of \(expected.type)")
      }
      guard let a = result.floats, let b = expected.floats else {
        guard result == expected else {
          throw Failure(description: "output \(index) differs\(Self.difference(result, expected))")
        }
        continue
      }
      for (place, (x, y)) in zip(a, b).enumerated() {
        let isClose =
          x == y || x.isNaN && y.isNaN || abs(x - y) <= (exactly ? 1e-5 : 1e-3) * abs(y) + 1e-7
        if !isClose {
          throw Failure(
            description:
              "output \(index) is \(x) at \(place) instead of \(y)\(exactly ? " after export" : "")")
        }
      }
    }
  }

  private static func difference(_ a: Tensor, _ b: Tensor) -> String {
    guard let x = a.integers, let y = b.integers, let place = x.indices.first(where: { x[$0] != y[$0] })
    else {
      return ""
    }
    return ": \(x[place]) at \(place) instead of \(y[place])"
  }
}
