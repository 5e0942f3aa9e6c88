import Foundation
import PithGraph
import Testing

/// A model of `fixtures/` with inputs and the outputs that ONNX Runtime computed from them.
public struct ModelFixture: Sendable, CustomTestStringConvertible {
  public var name: String
  public var path: String

  /// The folder `fixtures` of the package.
  public static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures").path

  /// One model an operator, and idioms of several.
  public static let operators = list("operators") + list("operators/external")
  /// The trained networks.
  public static let networks = list("models")
  /// TensorFlow Lite's operators, one or a few at a time, and small networks.
  public static let tflite = list("tflite", ".tflite")

  /// ONNX models that ONNX Runtime quantized.
  public static let quantized = list("quantized")

  public var testDescription: String { name }

  /// Tensors for the graph's inputs, in its order.
  public func inputs() throws -> [Tensor] { try arrays("input") }

  /// What should come out, in the order of the graph's outputs.
  public func outputs() throws -> [Tensor] { try arrays("output") }

  private func arrays(_ kind: String) throws -> [Tensor] {
    let contents = try contents()
    var result: [Tensor] = []
    while let array = contents["\(kind)\(result.count)"] { result.append(array) }
    return result
  }

  /// All that was recorded beside the model, by name.
  public func contents() throws -> [String: Tensor] {
    let stem = path.prefix(through: path.lastIndex(of: ".") ?? path.startIndex)
    return try NPZFixture.read(stem + "npz")
  }

  private static func list(_ subfolder: String, _ suffix: String = ".onnx") -> [ModelFixture] {
    let folder = URL(filePath: folder).appending(path: subfolder).path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(suffix) }.sorted().map {
      ModelFixture(name: String($0.dropLast(suffix.count)), path: "\(folder)/\($0)")
    }
  }
}
