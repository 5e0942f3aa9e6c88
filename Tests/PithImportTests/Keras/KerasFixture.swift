import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// A Keras model of `fixtures/keras` with inputs and the outputs that Keras computed from them.
struct KerasFixture: Sendable, CustomTestStringConvertible {
  /// The file's name, with its extension.
  var file: String

  var testDescription: String { file }

  static let folder = "\(ModelFixture.folder)/keras"

  /// All models, as `.keras` and as `.h5`.
  static let all: [KerasFixture] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return (files.filter { $0.hasSuffix(".keras") } + legacy.keys).sorted().map { KerasFixture(file: $0) }
  }()

  /// The `.h5` files, which are kept in an archive since they are mostly empty.
  private static let legacy: [String: [UInt8]] = {
    guard let data = try? Data(contentsOf: URL(filePath: "\(folder)/h5.zip")) else { return [:] }
    return [UInt8](data).withUnsafeBytes { bytes in
      guard let archive = try? ZipFile(bytes) else { return [:] }
      return Dictionary(
        uniqueKeysWithValues: archive.entries.compactMap { entry in
          (try? archive.read(entry, limit: 1 << 24)).map { (entry.name, $0) }
        })
    }
  }()

  func bytes() throws -> [UInt8] {
    try KerasFixture.legacy[file]
      ?? [UInt8](Data(contentsOf: URL(filePath: "\(KerasFixture.folder)/\(file)")))
  }

  func graph() throws -> Graph { try KerasImporter.read(bytes: try bytes(), name: file) }

  /// Tensors for the graph's inputs, in its order.
  func inputs() throws -> [Tensor] { try arrays("input") }

  /// What should come out, in the order of the graph's outputs.
  func outputs() throws -> [Tensor] { try arrays("output") }

  private func arrays(_ kind: String) throws -> [Tensor] {
    let name = file.split(separator: ".")[0]
    let contents = try NPZFixture.read("\(KerasFixture.folder)/\(name).npz")
    var result: [Tensor] = []
    while let array = contents["\(kind)\(result.count)"] { result.append(array) }
    return result
  }
}
