import Foundation
import PithFiles

/// The directory of a ZIP archive, as far as NumPy's archives need it: entries stored or deflated, ZIP64 where
/// the numbers are large (PKWARE APPNOTE.TXT 6.3). Unpacking is zlib's; a directory of a page in length is
/// not worth a library that a fresh machine would have to install.
struct ZipArchive: Sendable {
  /// A file in the archive.
  struct Entry: Sendable {
    let name: String
    let isEncrypted: Bool
    /// 0 is stored, 8 is deflated.
    let method: Int
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    /// Where the entry's own header begins in the file.
    let header: Int
  }

  let path: String
  let entries: [Entry]

  /// Reads the directory of the archive at `path`.
  /// - Throws: `FileError` when the directory is damaged.
  init(_ path: String) throws {
    let (descriptor, size) = try FileStream.open(path)
    defer { close(descriptor) }
    let directory = try DirectoryReader(path: path, descriptor: descriptor, fileSize: size)
    self.path = path
    entries = try directory.entries()
  }
}

/// Finds and reads the central directory at the end of an archive.
private struct DirectoryReader {
  let path: String
  let bytes: ByteTable
  let count: Int

  /// No archive of arrays has this long a directory.
  static let longest = 1 << 26

  init(path: String, descriptor: Int32, fileSize: Int) throws {
    self.path = path
    // The end record is 22 bytes, and a comment of up to 65535 follows; a ZIP64 locator of 20 precedes.
    let tailStart = max(0, fileSize - 22 - 65535 - 20)
    let tail = try ByteTable(
      path: path, descriptor: descriptor, range: tailStart..<fileSize, what: "the archive's end")
    guard let end = tail.lastIndex(of: 0x0605_4b50, in: 22) else {
      throw FileError(
        path: path, reason: "the ZIP archive has no directory at its end; it is cut short: copy it again")
    }
    var count = Int(try tail.integer(at: end + 10, as: UInt16.self))
    var length = Int(try tail.integer(at: end + 12, as: UInt32.self))
    var start = Int(try tail.integer(at: end + 16, as: UInt32.self))
    if end >= 20, try tail.integer(at: end - 20, as: UInt32.self) == 0x0706_4b50 {
      let offset = try tail.size(at: end - 12)
      let (recordEnd, overflow) = offset.addingReportingOverflow(56)
      guard !overflow, recordEnd <= fileSize else { throw damaged(path, "its ZIP64 record lies outside") }
      let record = try ByteTable(
        path: path, descriptor: descriptor, range: offset..<recordEnd, what: "the ZIP64 record")
      guard try record.integer(at: 0, as: UInt32.self) == 0x0606_4b50 else {
        throw damaged(path, "its ZIP64 record is missing")
      }
      count = try record.size(at: 32)
      length = try record.size(at: 40)
      start = try record.size(at: 48)
    }
    let (stop, overflow) = start.addingReportingOverflow(length)
    guard !overflow, stop <= fileSize, length <= DirectoryReader.longest else {
      throw damaged(path, "its directory lies outside the file")
    }
    bytes = try ByteTable(path: path, descriptor: descriptor, range: start..<stop, what: "the directory")
    self.count = count
  }

  func entries() throws -> [ZipArchive.Entry] {
    var entries: [ZipArchive.Entry] = []
    var cursor = 0
    // The count may lie; every round takes 46 bytes or throws, so the directory's length bounds it.
    while entries.count < count {
      guard try bytes.integer(at: cursor, as: UInt32.self) == 0x0201_4b50 else {
        throw damaged(path, "entry \(entries.count) of its directory is not one")
      }
      let nameLength = Int(try bytes.integer(at: cursor + 28, as: UInt16.self))
      let extraLength = Int(try bytes.integer(at: cursor + 30, as: UInt16.self))
      let commentLength = Int(try bytes.integer(at: cursor + 32, as: UInt16.self))
      entries.append(try entry(at: cursor, nameLength: nameLength, extraLength: extraLength))
      cursor += 46 + nameLength + extraLength + commentLength
    }
    return entries
  }

  private func entry(at start: Int, nameLength: Int, extraLength: Int) throws -> ZipArchive.Entry {
    var compressedSize = Int(try bytes.integer(at: start + 20, as: UInt32.self))
    var size = Int(try bytes.integer(at: start + 24, as: UInt32.self))
    var header = Int(try bytes.integer(at: start + 42, as: UInt32.self))
    // Fields of all ones are in the ZIP64 extra field, in this order.
    let extra = start + 46 + nameLength
    if var field = try zip64Field(in: extra..<extra + extraLength) {
      for value in [\Fields.size, \.compressedSize, \.header] {
        var fields = Fields(size: size, compressedSize: compressedSize, header: header)
        guard fields[keyPath: value] == Int(UInt32.max) else { continue }
        fields[keyPath: value] = try bytes.size(at: field)
        (size, compressedSize, header) = (fields.size, fields.compressedSize, fields.header)
        field += 8
      }
    }
    let name = try bytes.slice(start + 46..<start + 46 + nameLength)
    return ZipArchive.Entry(
      name: String(decoding: name, as: UTF8.self),
      isEncrypted: try bytes.integer(at: start + 8, as: UInt16.self) & 1 != 0,
      method: Int(try bytes.integer(at: start + 10, as: UInt16.self)),
      checksum: try bytes.integer(at: start + 16, as: UInt32.self),
      compressedSize: compressedSize, size: size, header: header)
  }

  private struct Fields {
    var size: Int
    var compressedSize: Int
    var header: Int
  }

  /// Where the content of the ZIP64 field begins among the extra fields in `range`.
  private func zip64Field(in range: Range<Int>) throws -> Int? {
    var cursor = range.lowerBound
    while cursor + 4 <= range.upperBound {
      if try bytes.integer(at: cursor, as: UInt16.self) == 1 { return cursor + 4 }
      cursor += 4 + Int(try bytes.integer(at: cursor + 2, as: UInt16.self))
    }
    return nil
  }
}

/// A range of a file in memory, read as little-endian integers with every access checked.
struct ByteTable {
  let path: String
  private let bytes: [UInt8]

  init(path: String, descriptor: Int32, range: Range<Int>, what: String) throws {
    self.path = path
    var filled = 0
    bytes = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while filled < range.count {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<range.count])
        let taken = pread(descriptor, rest.baseAddress, rest.count, range.lowerBound + filled)
        if taken < 0, errno == EINTR { continue }
        if taken < 0 { throw FileError(reading: path, code: errno) }
        if taken == 0 { throw damaged(path, "\(what) is cut short") }
        filled += taken
      }
      count = filled
    }
  }

  func integer<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as: Value.Type) throws -> Value {
    let bytes = try slice(offset..<offset + MemoryLayout<Value>.size)
    return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
  }

  /// A 64-bit size or offset.
  func size(at offset: Int) throws -> Int {
    guard let value = Int(exactly: try integer(at: offset, as: UInt64.self)) else {
      throw damaged(path, "it names an offset beyond 2⁶³")
    }
    return value
  }

  func slice(_ range: Range<Int>) throws -> ArraySlice<UInt8> {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
      throw damaged(path, "its directory ends inside an entry")
    }
    return bytes[range]
  }

  /// Where the last record with this signature begins that has room for `size` bytes.
  func lastIndex(of signature: UInt32, in size: Int) -> Int? {
    guard bytes.count >= size else { return nil }
    return (0...bytes.count - size).last { offset in
      (try? integer(at: offset, as: UInt32.self)) == signature
    }
  }
}

/// The error for an archive whose directory contradicts itself.
func damaged(_ path: String, _ what: String) -> FileError {
  FileError(path: path, reason: "a damaged ZIP archive: \(what); copy it again")
}
