import CZlib
import Foundation
import PithFiles

/// An entry of a ZIP archive from front to back, unpacked.
final class ZipEntryStream: ByteStream {
  let name: String
  let extent: ByteExtent
  private(set) var position = 0

  private let entry: ZipArchive.Entry
  private let path: String
  private let descriptor: Int32
  /// Where the entry's packed bytes begin in the file.
  let start: Int
  /// How many of them are read.
  private var taken = 0
  private var input: [UInt8] = []
  private var consumed = 0
  /// The inflater, where the entry is deflated. zlib wants it to stay at one address.
  private let inflater: UnsafeMutablePointer<z_stream>?
  private var checksum = crc32(0, nil, 0)
  /// Whether all bytes so far went into the checksum.
  private var sawAll = true

  private static let chunk = 1 << 16

  /// - Throws: `FileError` when the entry is damaged, encrypted or packed by another method than deflate.
  init(_ entry: ZipArchive.Entry, of path: String) throws {
    self.entry = entry
    self.path = path
    name = path + ":" + ZipEntryStream.arrayName(entry.name)
    guard !entry.isEncrypted else {
      throw FileError(path: name, reason: "is encrypted; save it without a password")
    }
    guard entry.method == 0 || entry.method == 8 else {
      throw FileError(
        path: name, reason: "is packed by method \(entry.method); save it with numpy.savez_compressed")
    }
    if entry.method == 0, entry.size != entry.compressedSize {
      throw damaged(path, "'\(entry.name)' is stored, and has two sizes")
    }
    if case .atMost(let most) = ByteExtent.inflated(from: entry.compressedSize), entry.size > most {
      throw damaged(path, "'\(entry.name)' cannot unpack to \(entry.size) bytes")
    }
    extent = .exactly(entry.size)
    let (descriptor, size) = try FileStream.open(path)
    do {
      start = try ZipEntryStream.start(of: entry, in: path, descriptor, size)
      inflater = entry.method == 8 ? try ZipEntryStream.makeInflater(name) : nil
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if let inflater {
      inflateEnd(inflater)
      inflater.deallocate()
    }
  }

  /// The name of an array is that of its entry without `.npy`.
  static func arrayName(_ entry: String) -> String {
    entry.hasSuffix(".npy") ? String(entry.dropLast(4)) : entry
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count, position < entry.size {
      let wanted = min(buffer.count - filled, entry.size - position)
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + wanted])
      let count = try inflater.map { try inflate(with: $0, into: rest) } ?? copy(into: rest)
      guard count > 0 else { break }
      checksum = crc32_z(checksum, rest.baseAddress, count)
      position += count
      filled += count
    }
    if filled < buffer.count { try checkEnd() }
    return filled
  }

  func skip(_ count: Int) throws {
    if inflater == nil {
      let passed = min(count, input.count - consumed)
      consumed += passed
      taken += count - passed
      position += count
      if count > 0 { sawAll = false }
      return
    }
    var left = count
    var scrap = [UInt8](repeating: 0, count: min(count, ZipEntryStream.chunk))
    while left > 0 {
      let read = try scrap.withUnsafeMutableBytes { scrap in
        try self.read(into: UnsafeMutableRawBufferPointer(rebasing: scrap[..<min(left, scrap.count)]))
      }
      guard read > 0 else { return }
      left -= read
    }
  }

  /// The end of the entry, or of its data before it.
  private func checkEnd() throws {
    guard position >= entry.size else { throw damaged(path, "'\(entry.name)' ends at byte \(position)") }
    if sawAll, checksum != UInt(entry.checksum) {
      throw damaged(path, "the checksum of '\(entry.name)' does not fit")
    }
  }

  private func copy(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if consumed == input.count, buffer.count >= ZipEntryStream.chunk {
      return try readPacked(into: buffer)
    }
    if consumed == input.count { try refill() }
    let count = min(buffer.count, input.count - consumed)
    buffer.copyBytes(from: input[consumed..<consumed + count])
    consumed += count
    return count
  }

  private func inflate(
    with inflater: UnsafeMutablePointer<z_stream>, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    while true {
      if consumed == input.count { try refill() }
      let room = min(buffer.count, 1 << 30)
      var code = Z_OK
      input.withUnsafeMutableBufferPointer { input in
        inflater.pointee.next_in = input.baseAddress.map { $0 + consumed }
        inflater.pointee.avail_in = UInt32(input.count - consumed)
        inflater.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.pointee.avail_out = UInt32(room)
        code = CZlib.inflate(inflater, Z_NO_FLUSH)
        consumed = input.count - Int(inflater.pointee.avail_in)
        inflater.pointee.next_in = nil
      }
      let produced = room - Int(inflater.pointee.avail_out)
      if produced > 0 || code == Z_STREAM_END { return produced }
      // Nothing came out: it wants more input, and there may be none.
      guard code == Z_OK || code == Z_BUF_ERROR, taken < entry.compressedSize || consumed < input.count else {
        throw damaged(path, "'\(entry.name)' cannot be unpacked after byte \(position)")
      }
      if code == Z_BUF_ERROR, consumed < input.count {
        throw damaged(path, "'\(entry.name)' cannot be unpacked after byte \(position)")
      }
    }
  }

  private func refill() throws {
    consumed = 0
    input = try [UInt8](unsafeUninitializedCapacity: ZipEntryStream.chunk) { buffer, count in
      count = try readPacked(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Reads packed bytes of the entry as they are in the file.
  private func readPacked(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let wanted = max(0, min(buffer.count, entry.compressedSize - taken))
    guard wanted > 0 else { return 0 }
    var count = pread(descriptor, buffer.baseAddress, wanted, start + taken)
    while count < 0, errno == EINTR { count = pread(descriptor, buffer.baseAddress, wanted, start + taken) }
    if count < 0 { throw FileError(reading: path, code: errno) }
    if count == 0 { throw damaged(path, "'\(entry.name)' is cut short") }
    taken += count
    return count
  }

  private static func start(
    of entry: ZipArchive.Entry, in path: String, _ descriptor: Int32, _ fileSize: Int
  ) throws -> Int {
    let (headerEnd, overflow) = entry.header.addingReportingOverflow(30)
    guard !overflow, headerEnd <= fileSize else { throw damaged(path, "'\(entry.name)' lies outside") }
    let header = try ByteTable(
      path: path, descriptor: descriptor, range: entry.header..<headerEnd, what: "'\(entry.name)'")
    guard try header.integer(at: 0, as: UInt32.self) == 0x0403_4b50 else {
      throw damaged(path, "'\(entry.name)' does not begin where the directory says")
    }
    let nameLength = Int(try header.integer(at: 26, as: UInt16.self))
    let extraLength = Int(try header.integer(at: 28, as: UInt16.self))
    let start = headerEnd + nameLength + extraLength
    guard start <= fileSize, entry.compressedSize <= fileSize - start else {
      throw damaged(path, "'\(entry.name)' goes beyond the end")
    }
    return start
  }

  private static func makeInflater(_ name: String) throws -> UnsafeMutablePointer<z_stream> {
    let inflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    inflater.initialize(to: z_stream())
    // Negative window bits: raw DEFLATE data without zlib's own header.
    let code = inflateInit2_(inflater, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      inflater.deallocate()
      throw FileError(path: name, reason: "not enough memory to unpack it")
    }
    return inflater
  }
}
