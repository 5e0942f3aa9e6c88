import CZlib
import Foundation
import PithFiles

/// A file from front to back; one compressed with gzip gives what it holds.
final class FileStream: ByteStream {
  let name: String
  let extent: ByteExtent
  let isCompressed: Bool
  private(set) var position = 0
  private let handle: gzFile

  /// - Throws: `FileError` when `path` does not name a file that can be read.
  init(_ path: String) throws {
    name = path
    let (descriptor, size) = try FileStream.open(path)
    guard let handle = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw FileError(path: path, reason: "not enough memory to read it")
    }
    gzbuffer(handle, 1 << 17)
    self.handle = handle
    // zlib looks at the first bytes here, and passes through a file that is not gzip's.
    isCompressed = gzdirect(handle) == 0
    extent = isCompressed ? .inflated(from: size) : .exactly(size)
  }

  deinit { gzclose(handle) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let wanted = min(buffer.count - filled, 1 << 30)
      let count = gzread(handle, buffer.baseAddress.map { $0 + filled }, UInt32(wanted))
      if count > 0 {
        filled += Int(count)
        position += Int(count)
      }
      if count < wanted { break }
    }
    if filled < buffer.count { try checkState() }
    return filled
  }

  func skip(_ count: Int) throws {
    guard count > 0 else { return }
    if gzseek(handle, count, SEEK_CUR) < 0 { try checkState() }
    position += count
  }

  /// A short read is either the end or an error, which zlib keeps.
  private func checkState() throws {
    var code = Z_OK
    _ = gzerror(handle, &code)
    switch code {
    case Z_OK, Z_STREAM_END: return
    case Z_ERRNO: throw FileError(reading: name, code: errno)
    case Z_BUF_ERROR:
      throw FileError(
        path: name, reason: "the gzip data stop short after \(position) bytes unpacked; copy it again")
    default:
      throw FileError(
        path: name, reason: "the gzip data are damaged after \(position) bytes unpacked; copy it again")
    }
  }

  /// Opens a regular file for reading.
  /// - Returns: its descriptor, which the caller closes, and its size in bytes.
  static func open(_ path: String) throws -> (descriptor: Int32, size: Int) {
    // Opening a pipe without a writer would wait for one; data sets are read more than once anyway.
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(reading: path, code: errno) }
    var status = stat()
    let known = fstat(descriptor, &status) == 0
    let kind = status.st_mode & S_IFMT
    if known, kind == S_IFREG { return (descriptor, Int(status.st_size)) }
    let code = errno
    close(descriptor)
    if known, kind == S_IFDIR { throw FileError(reading: path, code: EISDIR) }
    if known { throw FileError(path: path, reason: "not a regular file; data are read more than once") }
    throw FileError(reading: path, code: code)
  }
}
