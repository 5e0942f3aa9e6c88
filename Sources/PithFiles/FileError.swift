import Foundation

/// What went wrong with a file, as one sentence that names the file and, where there is one, the remedy.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible, LocalizedError {
  /// The file, as the user named it.
  public let path: String
  /// What is wrong and what helps, without the file's name.
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The sentence for a system call that failed while `path` was being written.
  public init(writing path: String, code: Int32) {
    let elsewhere = "choose another place with -o"
    switch code {
    case ENOSPC:
      self.init(path: path, reason: "no space left on device; free some or \(elsewhere)")
    case EDQUOT:
      self.init(path: path, reason: "the disk quota is used up; free some space or \(elsewhere)")
    case EFBIG:
      self.init(path: path, reason: "larger than the limit on file sizes here; raise it or \(elsewhere)")
    case EACCES, EPERM:
      self.init(path: path, reason: "no permission to write here; \(elsewhere)")
    case EROFS:
      self.init(path: path, reason: "the file system is read-only; \(elsewhere)")
    case ENOENT:
      let directory = AtomicFile.split(path).directory
      self.init(
        path: path, reason: "the directory '\(directory)' does not exist; create it or \(elsewhere)")
    case ENOTDIR:
      let directory = AtomicFile.split(path).directory
      self.init(path: path, reason: "'\(directory)' is not a directory; \(elsewhere)")
    case EISDIR:
      self.init(path: path, reason: "this is a directory; name a file in it with -o")
    case ENAMETOOLONG:
      self.init(path: path, reason: "the name is too long; \(elsewhere)")
    default:
      self.init(path: path, reason: "cannot be written: \(FileError.text(of: code)); \(elsewhere)")
    }
  }

  /// The sentence for a system call that failed while `path` was being read.
  public init(reading path: String, code: Int32) {
    switch code {
    case ENOENT: self.init(path: path, reason: "no such file; check the name and the working directory")
    case EACCES, EPERM: self.init(path: path, reason: "no permission to read this file; see its mode")
    case EISDIR: self.init(path: path, reason: "this is a directory, not a file; name a file in it")
    case ENOTDIR: self.init(path: path, reason: "no such file; a part of its path is not a directory")
    default: self.init(path: path, reason: "cannot be read: \(FileError.text(of: code))")
    }
  }

  public var description: String { "\(path): \(reason)" }
  public var errorDescription: String? { description }

  private static func text(of code: Int32) -> String {
    String(cString: strerror(code)).lowercased()
  }
}
