import PithGraph

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The files of a model that is a folder.
protocol ModelFolder {
  /// The whole of a file; nil where there is none of that name.
  func contents(of name: String) throws -> FileBytes?

  /// A part of a file, which must be there.
  func contents(of name: String, offset: Int, count: Int) throws -> FileBytes
}

/// A folder on disk, in which no file of it may lead elsewhere: every component of a name is opened by itself, and none
/// may be a symbolic link.
struct DiskFolder: ModelFolder {
  var path: String

  func contents(of name: String) throws -> FileBytes? {
    guard let descriptor = try FileBytes.openFile(name, in: path, called: "file", mayBeMissing: true) else {
      return nil
    }
    defer { close(descriptor) }
    return try FileBytes(descriptor, offset: 0, count: try FileBytes.size(descriptor, name))
  }

  func contents(of name: String, offset: Int, count: Int) throws -> FileBytes {
    guard let descriptor = try FileBytes.openFile(name, in: path, called: "file") else {
      throw GraphError("there is no file '\(name.printable())'")
    }
    defer { close(descriptor) }
    try MemoryFolder.check(try FileBytes.size(descriptor, name), name, offset, count)
    return try FileBytes(descriptor, offset: offset, count: count)
  }
}

/// The same in memory, for tests.
struct MemoryFolder: ModelFolder {
  var files: [String: [UInt8]]

  func contents(of name: String) throws -> FileBytes? { try files[name].map { try FileBytes($0[...]) } }

  func contents(of name: String, offset: Int, count: Int) throws -> FileBytes {
    guard let file = files[name] else { throw GraphError("there is no file '\(name.printable())'") }
    try MemoryFolder.check(file.count, name, offset, count)
    return try FileBytes(file[offset..<(offset + count)])
  }

  /// The bytes must all be there before memory is taken for them.
  static func check(_ size: Int, _ name: String, _ offset: Int, _ count: Int) throws {
    guard offset <= size, count <= size - offset else {
      throw GraphError(
        "file '\(name.printable())' has \(size) bytes, but \(count) at \(offset) are needed; is it complete?")
    }
  }
}
