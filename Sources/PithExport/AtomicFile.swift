#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is written beside its place and put there when it is complete: a reader never sees half of it, and after
/// an error nothing is left behind.
final class AtomicFile {
  private let path: String
  private let temporary: String
  private let descriptor: CInt
  private var buffer: [UInt8] = []
  private var isDone = false

  /// - Throws: `ExportError` where the folder cannot be written to or the path names something that is not a file.
  init(path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw ExportError("cannot write '\(path)': it exists and is not a regular file")
    }
    self.path = path
    temporary = "\(path).\(getpid()).partial"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw ExportError("cannot write '\(path)': \(String(cString: strerror(errno)))")
    }
    buffer.reserveCapacity(1 << 16)
  }

  deinit {
    close(descriptor)
    if !isDone { unlink(temporary) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count <= 1 << 16 {
      buffer += bytes
    } else {
      try flush()
      try write(bytes)
    }
  }

  /// Puts the file in its place.
  func commit() throws {
    try flush()
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure() }
    isDone = true
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      #if canImport(Glibc)
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      #else
      let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
      #endif
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private func failure() -> ExportError {
    ExportError("cannot write '\(path)': \(String(cString: strerror(errno)))")
  }
}
