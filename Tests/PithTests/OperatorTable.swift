import Foundation
import PithEngine
import PithGraph
import PithLower
import PithPasses
import PithTestSupport

@testable import PithExport
@testable import PithImport

/// `docs/operators.md`, made of the code: which operators there are and what each room can do with them.
///
/// Types are found by their declarations in the sources and asked for the protocols that they adopt, so that there is no
/// list to keep; which format makes an operator is seen in that format's sources.
enum OperatorTable {
  private static let root = URL(filePath: ModelFixture.folder).deletingLastPathComponent().path

  /// The folders of `PithImport` by the formats' names.
  private static let formats = [
    ("Keras", "Keras"), ("PyTorch", "PyTorch"), ("TFLite", "TFLite"), ("SavedModel", "TensorFlow"),
  ]

  static func markdown() throws -> String {
    let types = try operatorTypes()
    let sources = try formats.map { try source("Sources/PithImport/\($0.1)") }
    let onnx = try source("Sources/PithImport/ONNX")
    var lines = [
      "# Operators",
      "",
      "Made of the code by `tools/operators`; a test fails where it is out of date. Names are those of the structs in",
      "`Sources/PithGraph/Operators`. A format has a mark where its importer makes the operator; more of them come about",
      "by simplification. *fp32*: the engine runs it. *gradient*: it can be trained through. *int8*: it can be lowered to",
      "bytes; what an operator asks of its operands for that, `compress inspect` says of each node. *prunable*: channels",
      "can be taken out around it.",
      "",
      "| operator | ONNX | to ONNX | \(formats.map(\.0).joined(separator: " | ")) | fp32 | gradient | int8 | prunable |",
      "|---|" + String(repeating: "---|", count: 6 + formats.count),
    ]
    for (name, type) in types {
      let marks =
        [type is any ONNXReadable.Type || makes(onnx, name), type is any ONNXWritable.Type]
        + sources.map { makes($0, name) }
        + [
          type is any Executable.Type, type is any Differentiable.Type,
          type is any Quantizable.Type && type is any Lowerable.Type, type is any Prunable.Type,
        ]
      lines.append("| \(name) | " + marks.map { $0 ? "✓" : "" }.joined(separator: " | ") + " |")
    }
    lines += ["", "\(types.count) operators.", ""]
    lines += list("ONNX operators that are read", ONNXOperators.readers.keys)
    lines += list("Keras layers that are read", KerasLayers.readers.keys)
    lines += list("ATen operators that are read", aten)
    lines += list("TFLite operators that are read", TFLiteOperators.readers.keys)
    lines += list("TensorFlow operators that are read", TFOperators.readers.keys)
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func list(_ title: String, _ names: some Collection<String>) -> [String] {
    guard !names.isEmpty else { return [] }
    var lines = ["## \(title)", "", "\(names.count):"]
    var line = ""
    for name in names.sorted() {
      let part = "`\(name)`"
      if line.count + part.count > 112 {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? part : " \(part)"
    }
    return lines + [line, ""]
  }

  /// The structs of the operators' folder, by name.
  private static func operatorTypes() throws -> [(String, any Operator.Type)] {
    let declarations = try source("Sources/PithGraph/Operators").matches(of: /public struct (\w+):/)
    return Set(declarations.map { String($0.1) }).sorted().compactMap { name in
      // The mangled name of a struct of that module.
      let type = _typeByName("9PithGraph\(name.utf8.count)\(name)V")
      return (type as? any Operator.Type).map { (name, $0) }
    }
  }

  /// Whether a format's sources name the type to make or register it.
  private static func makes(_ source: String, _ name: String) -> Bool {
    guard let expression = try? Regex("(?<![\\w.])\(name)(\\(|\\.self|\\.init)") else { return false }
    return source.contains(expression)
  }

  /// All Swift sources of a folder.
  private static func source(_ folder: String) throws -> String {
    let path = "\(root)/\(folder)"
    let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return try files.filter { $0.hasSuffix(".swift") }.sorted().map {
      try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8)
    }.joined(separator: "\n")
  }
}
