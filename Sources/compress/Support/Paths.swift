import ArgumentParser
import Foundation

/// Keeps a command from writing over what it reads, or two outputs into one file.
enum Paths {
  /// - Parameters:
  ///   - outputs: paths to write, by the option that names them.
  ///   - inputs: paths or DATA specifications to read.
  /// - Throws: `ValidationError` naming the two options that mean the same file.
  static func check(outputs: [String: String?], inputs: [String: String?]) throws {
    var taken: [String: String] = [:]
    for (option, path) in inputs.sorted(by: { $0.key < $1.key }) {
      guard let path else { continue }
      // A specification may name several files.
      for part in [path] + path.split(whereSeparator: { $0 == "," || $0 == ":" }).map(String.init) {
        taken[resolved(part)] = option
      }
    }
    for (option, path) in outputs.sorted(by: { $0.key < $1.key }) {
      guard let path, !path.hasPrefix("/dev/") else { continue }
      if let other = taken.updateValue(option, forKey: resolved(path)) {
        throw ValidationError("\(option) would overwrite \(other): \(path)")
      }
    }
  }

  /// The file that a path means, links followed, whether it exists or not.
  private static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent().path(percentEncoded: false)
    guard let real = realpath(folder, nil) else { return url.standardizedFileURL.path(percentEncoded: false) }
    defer { free(real) }
    return String(cString: real) + "/" + url.lastPathComponent
  }
}
