import Foundation
import PithFiles
import Yams

extension DataSource {
  /// The keys of a `.data.yaml` file.
  private enum Key: String, CaseIterable {
    /// The samples: any specification but another YAML file. Paths are relative to the YAML file.
    case data
    case labels
    case labelColumn = "label-column"
    case shape, scale, mean, std, resize, channels, layout
  }

  /// Reads a file that names the data and how they are read:
  ///
  ///     data: images.idx.gz
  ///     labels: labels.idx.gz
  ///     mean: [0.485, 0.456, 0.406]   # or one number; 1/255 is a number too
  ///     std: [0.229, 0.224, 0.225]
  ///     scale: 1/255
  ///     shape: [3, 32, 32]
  ///     label-column: species         # of a CSV file
  ///     resize: 32x32                 # height x width, of image files
  ///     channels: 3                   # or 1 for grey, of image files
  ///     layout: channels-last         # [H, W, C] of image files; channels-first unless said
  ///
  /// - Throws: `FileError` with the line when it is not such a file.
  init(yaml path: String) throws {
    let text = try DataSource.text(path)
    let fields = try DataSource.fields(text, file: path)
    guard let data = fields[.data] else {
      throw FileError(path: path, reason: "has no key 'data'; it names the file of samples")
    }
    let specification = try data.text()
    if [".yaml", ".yml"].contains(where: specification.lowercased().hasSuffix) {
      throw data.error("names another YAML file; name the data themselves")
    }
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[..<$0]) }
    do {
      try self.init(plain: specification, directory: directory)
    } catch let error as FileError {
      throw data.error("\(error)")
    }
    name = path
    if let labels = fields[.labels] {
      if labelPath != nil || arrays.count > 1 { throw labels.error("labels are named in 'data' already") }
      labelPath = DataSource.place(try labels.text(), in: directory)
    }
    labelColumn = try fields[.labelColumn]?.text()
    shape = try fields[.shape]?.shape()
    imageSize = try fields[.resize]?.imageSize()
    channels = try fields[.channels]?.channels()
    isChannelsLast = try fields[.layout]?.isChannelsLast()
    preprocessing = Preprocessing(
      scale: try fields[.scale]?.numbers(), mean: try fields[.mean]?.numbers(),
      std: try fields[.std]?.numbers())
  }

  private static func text(_ path: String) throws -> String {
    let stream = try FileStream(path)
    // Far longer than any list of channels; YAML is read as a whole.
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    let count = try bytes.withUnsafeMutableBytes { try stream.read(into: $0) }
    if count == bytes.count { throw FileError(path: path, reason: "is too long for a description of data") }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw FileError(path: path, reason: "is not UTF-8 text; it should be a YAML description of data")
    }
    return text
  }

  private static func fields(_ text: String, file: String) throws -> [Key: Field] {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw FileError(path: file, reason: sentence(error))
    }
    guard let mapping = root?.mapping else {
      throw FileError(path: file, reason: "is not a list of keys and values such as 'data: images.idx.gz'")
    }
    var fields: [Key: Field] = [:]
    for (key, value) in mapping {
      let line = key.mark?.line ?? 0
      guard let known = key.string.flatMap(Key.init(rawValue:)) else {
        let keys = Key.allCases.map(\.rawValue).joined(separator: ", ")
        throw FileError(
          path: file, reason: "line \(line): unknown key '\(key.string ?? "?")'; the keys are \(keys)")
      }
      fields[known] = Field(key: known.rawValue, node: value, line: line, file: file)
    }
    return fields
  }

  /// YAML's own errors take several lines with an excerpt.
  private static func sentence(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(mark.line): not YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, _):
      return "the key '\(keys.first ?? "?")' occurs twice; keep one"
    default:
      return "not YAML: \(String("\(error)".prefix { $0 != "\n" }))"
    }
  }

  /// A value in the file.
  private struct Field {
    let key: String
    let node: Node
    let line: Int
    let file: String

    func error(_ reason: String) -> FileError {
      FileError(path: file, reason: "line \(node.mark?.line ?? line): \(key): \(reason)")
    }

    func text() throws -> String {
      guard let text = node.scalar?.string, !text.isEmpty else { throw error("should be one word") }
      return text
    }

    func numbers() throws -> [Double] {
      let nodes = node.sequence.map(Array.init) ?? [node]
      return try nodes.map { node in
        guard let number = node.scalar.flatMap({ Preprocessing.number($0.string) }) else {
          throw error("should be a number, or a list of one for each channel")
        }
        return number
      }
    }

    func imageSize() throws -> ImageSize {
      guard let size = node.scalar.flatMap({ ImageSize($0.string) }) else {
        throw error("should be height and width in pixels, such as 32x32")
      }
      return size
    }

    func channels() throws -> Int {
      guard let channels = node.scalar.flatMap({ Int($0.string) }), channels == 1 || channels == 3 else {
        throw error("should be 3 for red, green and blue, or 1 for grey")
      }
      return channels
    }

    func isChannelsLast() throws -> Bool {
      switch node.scalar?.string {
      case "channels-first": return false
      case "channels-last": return true
      default: throw error("should be channels-first or channels-last")
      }
    }

    func shape() throws -> [Int] {
      var elements = 1
      let axes = try (node.sequence.map(Array.init) ?? [node]).map { node in
        guard let axis = node.scalar.flatMap({ Int($0.string) }), axis > 0 else {
          throw error("should be a list of whole numbers above 0, such as [3, 32, 32]")
        }
        let (product, overflow) = elements.multipliedReportingOverflow(by: axis)
        if overflow { throw error("has more elements than a sample can have") }
        elements = product
        return axis
      }
      if axes.isEmpty { throw error("should be a list of whole numbers above 0, such as [3, 32, 32]") }
      return axes
    }
  }
}
