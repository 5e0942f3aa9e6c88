import Foundation
import PithGraph
import Testing

/// A TensorFlow SavedModel of `fixtures/` with inputs and the outputs that TensorFlow computed from them.
public struct SavedModelFixture: Sendable, CustomTestStringConvertible {
  public var name: String
  /// The model's folder.
  public var path: String

  public static let all: [SavedModelFixture] = {
    let folder = URL(filePath: ModelFixture.folder).appending(path: "savedmodel").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".npz") }.sorted().map {
      SavedModelFixture(name: String($0.dropLast(4)), path: "\(folder)/\($0.dropLast(4))")
    }
  }()

  public var testDescription: String { name }

  /// Tensors for the graph's inputs, in its order.
  public func inputs() throws -> [Tensor] { try arrays("input") }

  /// What should come out, in the order of the graph's outputs.
  public func outputs() throws -> [Tensor] { try arrays("output") }

  /// The contents of the model's files by their names within the folder.
  public func files() throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    for name in ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"] {
      if let data = FileManager.default.contents(atPath: "\(path)/\(name)") { result[name] = [UInt8](data) }
    }
    return result
  }

  private func arrays(_ kind: String) throws -> [Tensor] {
    let contents = try NPZFixture.read(path + ".npz")
    var result: [Tensor] = []
    while let array = contents["\(kind)\(result.count)"] { result.append(array) }
    return result
  }
}
