import Foundation
import Yams

/// A file that names commands and their options, to be done one after another.
///
///     model: cnn.onnx               # what the first step reads
///     train: train.data.yaml        # options here go to every step that has them
///     eval: test.data.yaml
///     steps:
///       - prune: { macs: 0.35, epochs: 5 }
///       - distill: { epochs: 10 }
///       - quantize: { calibrate: calibration.data.yaml, output: cnn.pith }
public struct Recipe: Sendable {
  /// As the user named it.
  public var path: String
  /// Options for all steps that have them.
  public var defaults: [Entry]
  public var steps: [Step]

  /// A command with its options.
  public struct Step: Sendable {
    public var command: String
    public var entries: [Entry]
    public var line: Int
  }

  /// An option with its value.
  public struct Entry: Sendable {
    public var key: String
    /// More than one where the file has a list; none where it has nothing.
    public var values: [String]
    public var line: Int
  }

  /// The text of a recipe's file.
  /// - Throws: `FileError` where it cannot be read or is no text.
  public static func text(path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError(reading: path, code: access(path, R_OK) == 0 ? EISDIR : errno)
    }
    guard data.count <= 1 << 20 else { throw FileError(path: path, reason: "is too long for a recipe") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FileError(path: path, reason: "is not UTF-8 text; it should be a YAML recipe")
    }
    return text
  }

  /// Reads a recipe from its text; what the options mean is not looked at yet.
  /// - Parameter path: what errors call it.
  /// - Throws: `RecipeError` with the line.
  public init(yaml text: String, path: String) throws {
    self.path = path
    (defaults, steps) = ([], [])
    let reader = RecipeReader(path: path)
    for (key, node, line) in try reader.mapping(try reader.root(text), "a recipe", line: 1) {
      if key == "steps" {
        steps = try reader.steps(node, line: line)
      } else {
        defaults.append(try reader.entry(key, node, line: line))
      }
    }
    if steps.isEmpty {
      throw RecipeError(
        file: path, line: 1, "a recipe needs 'steps', a list such as '- prune: { macs: 0.35 }'")
    }
  }
}

/// What is wrong with a recipe, and where.
public struct RecipeError: Error, Sendable, Hashable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int
  public var message: String

  public init(file: String, line: Int, _ message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  public var description: String { "\(file):\(line): \(message)" }
}

/// Takes YAML nodes apart.
private struct RecipeReader {
  var path: String

  func error(_ line: Int, _ message: String) -> RecipeError { RecipeError(file: path, line: line, message) }

  func root(_ text: String) throws -> Yams.Node {
    do {
      guard let node = try Yams.compose(yaml: text) else { throw error(1, "the recipe is empty") }
      return node
    } catch let failure as YamlError {
      throw sentence(failure, text)
    }
  }

  /// YAML's own errors take several lines with an excerpt.
  private func sentence(_ failure: YamlError, _ text: String) -> RecipeError {
    switch failure {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return error(mark.line, "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? "?"
      return error(
        RecipeReader.secondLine(of: key, in: text) ?? context.mark.line,
        "the key '\(key)' occurs twice; keep one")
    default: return error(1, "not YAML: \(String("\(failure)".prefix { $0 != "\n" }))")
    }
  }

  /// Where a key that occurs twice stands for the second time, as YAML's error tells where its mapping begins.
  private static func secondLine(of key: String, in text: String) -> Int? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter {
      $0.element.drop { " -".contains($0) }.hasPrefix(key + ":")
    }
    return lines.count > 1 ? lines[1].offset + 1 : nil
  }

  func mapping(
    _ node: Yams.Node, _ what: String, line: Int
  ) throws -> [(key: String, node: Yams.Node, line: Int)] {
    guard let mapping = node.mapping else {
      throw error(node.mark?.line ?? line, "\(what) should be a list of options such as 'epochs: 5'")
    }
    return try mapping.map { key, value in
      let line = key.mark?.line ?? line
      guard let name = key.scalar?.string, !name.isEmpty else {
        throw error(line, "a key should be one word")
      }
      return (name, value, line)
    }
  }

  func steps(_ node: Yams.Node, line: Int) throws -> [Recipe.Step] {
    guard let items = node.sequence, !items.isEmpty else {
      throw error(
        node.mark?.line ?? line, "'steps' should be a list, each line beginning with '- ' and a command")
    }
    return try items.map { try step($0, line: line) }
  }

  private func step(_ node: Yams.Node, line: Int) throws -> Recipe.Step {
    let line = node.mark?.line ?? line
    // A command without options may stand alone.
    if let name = node.scalar?.string, !name.isEmpty {
      return Recipe.Step(command: name, entries: [], line: line)
    }
    let pairs = try mapping(node, "a step", line: line)
    guard let first = pairs.first, pairs.count == 1 else {
      let names = pairs.map { "'\($0.key)'" }.joined(separator: ", ")
      throw error(
        pairs.dropFirst().first?.line ?? line,
        "a step has one command and its options indented below it, but here are \(names)")
    }
    if let scalar = first.node.scalar,
      scalar.string.isEmpty || scalar.string == "null" || scalar.string == "~"
    {
      return Recipe.Step(command: first.key, entries: [], line: first.line)
    }
    let entries = try mapping(first.node, "'\(first.key)'", line: first.line).map {
      try entry($0.key, $0.node, line: $0.line)
    }
    return Recipe.Step(command: first.key, entries: entries, line: first.line)
  }

  func entry(_ key: String, _ node: Yams.Node, line: Int) throws -> Recipe.Entry {
    let nodes = node.sequence.map(Array.init) ?? [node]
    let values = try nodes.map { item -> String in
      guard let scalar = item.scalar else {
        throw error(item.mark?.line ?? line, "'\(key)' should be a word or a number, or a list of them")
      }
      // Quotes make text of what would be nothing.
      if scalar.style == .plain, ["", "null", "~", "Null", "NULL"].contains(scalar.string) {
        throw error(line, "'\(key)' has no value")
      }
      guard !scalar.string.contains(where: { $0 == "\0" || $0.isNewline }) else {
        throw error(item.mark?.line ?? line, "'\(key)' holds a line break or a control character")
      }
      return scalar.string
    }
    return Recipe.Entry(key: key, values: values, line: line)
  }
}
