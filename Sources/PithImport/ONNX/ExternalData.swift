import PithGraph

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A part of a file beside the model that holds a tensor's elements.
///
/// A model may only name files in its own folder: a model from elsewhere must not be able to have any file of the
/// machine read. So every component of the path is opened by itself and none may be a symbolic link.
struct ExternalData {
  var location: String
  var offset: Int
  /// Nil: to the end of the file.
  var length: Int?

  /// - Parameter entries: the pairs of `TensorProto.external_data`.
  init(_ entries: [(key: String, value: String)]) throws {
    func number(_ key: String) throws -> Int? {
      guard let text = entries.last(where: { $0.key == key })?.value else { return nil }
      guard let value = Int(text), value >= 0 else {
        throw GraphError(
          "its external data has '\(text.printable())' as \(key), which is not a count of bytes")
      }
      return value
    }
    guard let location = entries.last(where: { $0.key == "location" })?.value, !location.isEmpty else {
      throw GraphError("its external data has no location; export the model again")
    }
    self.location = location
    offset = try number("offset") ?? 0
    length = try number("length")
  }

  /// Fills `buffer` from the file.
  /// - Parameter directory: the model's folder; nil where the model is not a file.
  /// - Throws: `GraphError` where the file is outside the folder, missing, or too short.
  func read(into buffer: UnsafeMutableRawBufferPointer, directory: String?) throws {
    let descriptor = try open(in: directory)
    defer { close(descriptor) }
    try checkRange(descriptor, count: buffer.count)
    try FileBytes.read(descriptor, into: buffer, at: offset)
  }

  /// The bytes must all be there before memory is taken for them.
  func check(count: Int, directory: String?) throws {
    let descriptor = try open(in: directory)
    defer { close(descriptor) }
    try checkRange(descriptor, count: count)
  }

  private func checkRange(_ descriptor: CInt, count: Int) throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw GraphError("external data file '\(location.printable())' is not a regular file")
    }
    let size = Int(status.st_size)
    let expected = length ?? Swift.max(0, size - offset)
    guard expected == count else {
      throw GraphError(
        "it needs \(count) bytes, but its external data has \(expected); export the model again")
    }
    guard offset <= size, count <= size - offset else {
      throw GraphError(
        "external data file '\(location.printable())' has \(size) bytes, but \(count) at \(offset) are needed; is it complete?"
      )
    }
  }

  private func open(in directory: String?) throws -> CInt {
    let shown = location.printable()
    guard let directory else {
      throw GraphError("its data is in file '\(shown)', but the model was read from memory without a folder")
    }
    guard let descriptor = try FileBytes.openFile(location, in: directory, called: "external data") else {
      throw GraphError("cannot open external data '\(shown)'")
    }
    return descriptor
  }
}
