import Foundation
import PithFiles

/// An image in a folder or in an archive, not yet read.
struct ImageFile: Sendable {
  let container: StoredArray.Container

  /// A larger file is none of a data set.
  private static let largest = 1 << 28

  /// What errors call it.
  var name: String {
    switch container {
    case .file(let path): path
    case .entry(let entry, let archive): "\(archive):\(entry.name)"
    }
  }

  /// Reads the whole file.
  func bytes() throws -> [UInt8] {
    switch container {
    case .file(let path):
      let (descriptor, size) = try FileStream.open(path)
      defer { close(descriptor) }
      return try read(descriptor, size: try checked(size))
    case .entry(let entry, let archive):
      let stream = try ZipEntryStream(entry, of: archive)
      let bytes = try stream.read(exactly: try checked(entry.size), "the image")
      try stream.expectEnd()
      return bytes
    }
  }

  private func checked(_ size: Int) throws -> Int {
    if size == 0 { throw error("is empty; remove it, or copy it again") }
    if size > ImageFile.largest { throw error("has \(size) bytes, too many for an image; remove it") }
    return size
  }

  private func read(_ descriptor: Int32, size: Int) throws -> [UInt8] {
    var filled = 0
    let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while filled < size {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<size])
        let taken = pread(descriptor, rest.baseAddress, rest.count, filled)
        if taken < 0, errno == EINTR { continue }
        if taken < 0 { throw FileError(reading: name, code: errno) }
        if taken == 0 { break }
        filled += taken
      }
      count = filled
    }
    return bytes
  }

  func error(_ reason: String) -> FileError { FileError(path: name, reason: reason) }
}
