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
/// Operators are found by their declarations and asked for the protocols that they adopt, and what a format names is what
/// its table of readers holds, so that there is no list to keep. Which operators a format's readers make of these names is
/// seen in its sources.
enum OperatorTable {
  private static let root = URL(filePath: ModelFixture.folder).deletingLastPathComponent().path

  private struct Format {
    var name: String
    /// The folder of `PithImport`.
    var folder: String
    /// What the format calls its operators or layers.
    var kind: String
    /// The names that are read.
    var names: [String]
  }

  private static let formats = [
    Format(name: "ONNX", folder: "ONNX", kind: "operators", names: Array(ONNXOperators.readers.keys)),
    Format(name: "Keras", folder: "Keras", kind: "layers", names: Array(KerasLayers.readers.keys)),
    Format(
      name: "PyTorch", folder: "PyTorch", kind: "ATen operators", names: Array(AtenOperators.readers.keys)),
    Format(
      name: "TFLite", folder: "TFLite", kind: "operators", names: Array(TFLiteOperators.readers.keys)),
    Format(
      name: "SavedModel", folder: "TensorFlow", kind: "operators", names: Array(TFOperators.readers.keys)),
  ]

  static func markdown() throws -> String {
    let operators = try operatorTypes()
    let made = try formats.map { try types($0) }
    let titles = formats.map(\.name) + ["to ONNX", "fp32", "gradient", "int8", "prunable"]
    var lines = [
      "# Operators",
      "",
      "Made of the code by `tools/operators`; a test fails where it is out of date.",
      "",
      "The first table has the operators of Pith's graph (`Sources/PithGraph`). A format has a mark where its importer makes",
      "the operator; more of them come about by simplification. *to ONNX*: it can be exported. *fp32*: the engine runs it.",
      "*gradient*: it can be trained through. *int8*: the runtime has it on bytes; what it asks of its operands for that,",
      "`compress inspect` says of each node. Operators without that mark may still end up in int8 where simplification",
      "puts them into others, as BatchNormalization into Conv. *prunable*: channels around it can be taken out.",
      "",
      "| operator | " + titles.joined(separator: " | ") + " |",
      "|---|" + String(repeating: "---|", count: titles.count),
    ]
    for (name, type) in operators {
      let marks =
        made.map { $0.contains(name) } + [
          type is any ONNXWritable.Type, type is any Executable.Type, type is any Differentiable.Type,
          type is any Quantizable.Type && type is any Lowerable.Type, type is any Prunable.Type,
        ]
      lines.append("| \(name) | " + marks.map { $0 ? "✓" : "" }.joined(separator: " | ") + " |")
    }
    lines += ["", "\(operators.count) operators.", ""]
    for format in formats { lines += list(format) }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  /// What a format's files may hold, by the format's names.
  private static func list(_ format: Format) -> [String] {
    var lines = ["## \(format.name)", "", "\(format.names.count) \(format.kind) are read:", ""]
    var line = ""
    for part in format.names.sorted().map({ "`\($0)`" }) {
      if line.count + part.count > 112 {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? part : " \(part)"
    }
    return lines + [line, ""]
  }

  /// The operators by name: structs of `PithGraph` that are one.
  private static func operatorTypes() throws -> [(String, any Operator.Type)] {
    let declarations = try text("Sources/PithGraph").matches(of: /public struct (\w+):/)
    return Set(declarations.map { String($0.1) }).sorted().compactMap { name in
      // The mangled name of a struct of that module.
      let type = _typeByName("9PithGraph\(name.utf8.count)\(name)V")
      return (type as? any Operator.Type).map { (name, $0) }
    }
  }

  /// The types that a format's sources, and the shared ones that they call something of, make or register.
  private static func types(_ format: Format) throws -> Set<String> {
    var code = try text("Sources/PithImport/\(format.folder)")
    for file in files("Sources/PithImport") where file.hasPrefix("GraphAssembler+") {
      let shared = try text("Sources/PithImport/\(file)")
      let functions = shared.matches(of: /\n  func (\w+)/).map { $0.1 }
      if functions.contains(where: { code.contains("\($0)(") }) { code += "\n" + shared }
    }
    return Set(code.matches(of: /(?:^|[^\w."])([A-Z]\w*)(?:\(|\.self|\.init)/).map { String($0.1) })
  }

  /// The code of a file or of all files of a folder, without comments.
  private static func text(_ path: String) throws -> String {
    let paths = path.hasSuffix(".swift") ? [path] : files(path).map { "\(path)/\($0)" }
    return try paths.map {
      try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8).split(separator: "\n")
        .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// All Swift files below a folder.
  private static func files(_ folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String }
    return (found ?? []).filter { $0.hasSuffix(".swift") }.sorted()
  }
}
