import ArgumentParser
import Foundation
import Pith

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

  /// Keeps one form of a network from being called as the other.
  /// - Throws: `ValidationError` naming the right extension.
  static func check(_ path: String, isProgram: Bool) throws {
    let (own, other) = isProgram ? ("pith", "onnx") : ("onnx", "pith")
    guard path.lowercased().hasSuffix("." + other) else { return }
    throw ValidationError("-o \(path): the file is a .\(own) file, and so should it be called")
  }

  /// Tells before hours of work what would come after them: that a file cannot be written where it is to be.
  /// - Throws: `PithFailure` naming the directory and the option.
  static func checkFolders(_ outputs: [String: String?]) throws {
    for (option, path) in outputs.sorted(by: { $0.key < $1.key }) {
      guard let path, !path.hasPrefix("/dev/") else { continue }
      let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
      let remedy = "choose another place with \(option)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
        throw PithFailure("\(path): the directory '\(folder)' does not exist; create it or \(remedy)")
      }
      guard access(folder, W_OK | X_OK) == 0 else {
        throw PithFailure("\(path): the directory '\(folder)' cannot be written to; \(remedy)")
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
