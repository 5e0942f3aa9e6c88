import PithGraph

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The bytes of a file, in memory that goes away with the last reference.
final class FileBytes {
  let raw: UnsafeRawBufferPointer

  /// Reads a whole file. It is read and not mapped, since a mapped file that shrinks kills its reader.
  /// - Parameter limit: how many bytes to read at most.
  /// - Throws: `ImportError` where there is no such regular file or it cannot be read.
  init(path: String, limit: Int = .max) throws {
    let name = FileBytes.name(of: path)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw ImportError(file: name, "cannot open '\(path)': \(FileBytes.reason())")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw ImportError(file: name, "cannot read '\(path)': \(FileBytes.reason())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ImportError(
        file: name,
        "'\(path)' is \(status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"); name a model file"
      )
    }
    do {
      raw = UnsafeRawBufferPointer(try FileBytes.memory(Swift.min(limit, Int(status.st_size))))
      try FileBytes.read(descriptor, into: UnsafeMutableRawBufferPointer(mutating: raw), at: 0)
    } catch let error as GraphError {
      throw ImportError(file: name, error.message)
    }
  }

  /// Reads a part of an open file, which has been checked to be there.
  /// - Throws: `GraphError` where it cannot be read.
  init(_ descriptor: CInt, offset: Int, count: Int) throws {
    raw = UnsafeRawBufferPointer(try FileBytes.memory(count))
    try FileBytes.read(descriptor, into: UnsafeMutableRawBufferPointer(mutating: raw), at: offset)
  }

  /// A copy of bytes.
  /// - Throws: `GraphError` where there is no memory for them.
  init(_ bytes: ArraySlice<UInt8>) throws {
    let memory = try FileBytes.memory(bytes.count)
    memory.copyBytes(from: bytes)
    raw = UnsafeRawBufferPointer(memory)
  }

  private static func memory(_ count: Int) throws -> UnsafeMutableRawBufferPointer {
    guard let memory = malloc(Swift.max(1, count)) else {
      throw GraphError("there is no memory for its \(count) bytes")
    }
    return UnsafeMutableRawBufferPointer(start: memory, count: count)
  }

  deinit { free(UnsafeMutableRawPointer(mutating: raw.baseAddress)) }

  /// Fills `buffer` from the file's bytes at `offset`.
  static func read(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw GraphError("reading failed: \(reason())") }
      guard got > 0 else { throw GraphError("the file became shorter while it was read") }
      done += got
    }
  }

  /// What the system says of the last call that failed.
  static func reason() -> String { String(cString: strerror(errno)) }

  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The folder that a file lies in, `.` for a bare name.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
