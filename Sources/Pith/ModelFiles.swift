import Foundation

/// The files that make up a model: one, or those of a SavedModel's folder that are read.
enum ModelFiles {
  static func paths(_ path: String) -> [String] {
    guard let folder = SavedModelImporter.folder(of: path) else { return [path] }
    let variables = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/variables")) ?? []
    return ["\(folder)/\(SavedModelImporter.fileName)"]
      + variables.sorted().map { "\(folder)/variables/\($0)" }
  }

  /// The digest of the model's content, in hexadecimal; of a file, the same as that of the file.
  /// - Throws: `FileError` where a file cannot be read.
  static func digest(_ path: String) throws -> String {
    let files = paths(path)
    if files.count == 1 { return try SHA256.hexadecimal(ofFile: files[0]) }
    return SHA256.hexadecimal(of: try files.map { try SHA256.hexadecimal(ofFile: $0) }.joined(separator: " "))
  }
}
