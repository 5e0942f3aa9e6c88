import Foundation
import PithGraph
import PithTestSupport
import Testing

/// A program of `fixtures/pytorch` with inputs and the outputs that PyTorch computed from them.
struct PyTorchFixture: Sendable, CustomTestStringConvertible {
  var name: String

  static let folder = "\(ModelFixture.folder)/pytorch"

  static let all: [PyTorchFixture] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".pt2") }.sorted().map { PyTorchFixture(name: String($0.dropLast(4))) }
  }()

  var testDescription: String { name }
  var path: String { "\(PyTorchFixture.folder)/\(name).pt2" }

  /// The decomposed form computes the same as the other one.
  private var arrays: String {
    "\(PyTorchFixture.folder)/\(name.hasSuffix("_core") ? String(name.dropLast(5)) : name).npz"
  }

  func inputs() throws -> [Tensor] { try PyTorchFixture.arrays(arrays, "input") }
  func outputs() throws -> [Tensor] { try PyTorchFixture.arrays(arrays, "output") }

  static func arrays(_ path: String, _ kind: String) throws -> [Tensor] {
    let contents = try NPZFixture.read(path)
    var result: [Tensor] = []
    while let array = contents["\(kind)\(result.count)"] { result.append(array) }
    return result
  }

  /// The bytes of a file of the folder.
  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
  }
}

/// To 1e-4 of the largest number, or exactly where the elements are integers.
func expectClose(_ result: Tensor, _ expected: Tensor, _ comment: Comment) {
  #expect(result.shape == expected.shape, comment)
  guard let a = result.floats, let b = expected.floats, a.count == b.count else {
    #expect(result == expected, comment)
    return
  }
  let scale = max(1e-3, b.filter(\.isFinite).map(abs).max() ?? 0)
  let difference = zip(a, b).map { $0 == $1 ? 0 : abs($0 - $1) }.max() ?? 0
  #expect(difference <= 1e-4 * scale, comment)
  #expect(a.allSatisfy { !$0.isNaN } || b.contains { $0.isNaN }, comment)
}
