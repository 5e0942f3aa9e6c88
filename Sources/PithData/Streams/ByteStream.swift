import PithFiles

/// The bytes of a file, or of an entry of an archive, from front to back, decompressed where compressed.
protocol ByteStream: AnyObject {
  /// What errors call the stream.
  var name: String { get }
  /// How many bytes the whole stream has.
  var extent: ByteExtent { get }
  /// The offset of the next byte.
  var position: Int { get }

  /// Reads until `buffer` is full or the stream ends.
  /// - Returns: how many bytes were read.
  /// - Throws: `FileError` when the file cannot be read or is damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

  /// Passes over `count` bytes. Whether the stream has that many may show only at the next read.
  func skip(_ count: Int) throws
}

/// What is known of a stream's length before it is read.
enum ByteExtent: Equatable {
  case exactly(Int)
  /// Compressed: it cannot be longer than this.
  case atMost(Int)

  /// The most that DEFLATE can make of `compressed` bytes: 258 from two bits (RFC 1951), and slack for
  /// headers.
  static func inflated(from compressed: Int) -> ByteExtent {
    let (bytes, overflow) = compressed.multipliedReportingOverflow(by: 1032)
    return .atMost(overflow ? .max : max(bytes, bytes &+ 4096))
  }
}

extension ByteStream {
  /// Reads `count` bytes.
  /// - Throws: `FileError` when the stream ends before.
  func read(exactly count: Int, _ what: String) throws -> [UInt8] {
    var missing = false
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try read(
        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      missing = filled < count
    }
    if missing { throw truncated(what) }
    return bytes
  }

  /// Fills `buffer`.
  /// - Throws: `FileError` when the stream ends before.
  func fill(_ buffer: UnsafeMutableRawBufferPointer, _ what: @autoclosure () -> String) throws {
    if try read(into: buffer) < buffer.count { throw truncated(what()) }
  }

  func truncated(_ what: String) -> FileError {
    FileError(
      path: name, reason: "ends at byte \(position), inside \(what); it is cut short: copy it again")
  }

  /// - Throws: `FileError` when anything follows, or when what was read fails the stream's checksum.
  func expectEnd() throws {
    var extra: UInt8 = 0
    let found = try withUnsafeMutableBytes(of: &extra) { try read(into: $0) }
    if found > 0 { throw FileError.tooLong(name, promised: position - 1) }
  }
}

extension FileError {
  static func tooLong(_ file: String, promised: Int) -> FileError {
    FileError(
      path: file,
      reason: "goes on after the \(promised) bytes that its header promises; "
        + "it is damaged, or holds a second array: save each array in a file of its own")
  }
}
