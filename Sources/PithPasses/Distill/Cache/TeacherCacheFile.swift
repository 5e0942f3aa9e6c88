import Foundation
import PithFiles
import PithTrain

/// A file of a teacher's outputs, open for reading.
///
/// Little-endian: five words of 8 bytes, the magic, the teacher's hash, floats a row, rows, and a checksum of these and of
/// the table; then the table, for each row the sample's hash and a checksum of the row; then the rows.
/// Rows are read with `pread`, so that a file which shrinks or goes away is a row that is missing and no crash.
final class TeacherCacheFile: Sendable {
  let samples: [UInt64]
  private let checksums: [UInt64]
  private let width: Int
  private let descriptor: Int32
  private let firstRow: Int

  private static let magic: UInt64 = 0x3145_4843_4554_4950  // "PITECHE1"
  private static let headerWords = 5
  private static let tableWords = 2

  /// - Returns: nil where it is no such file, or of another teacher, or damaged.
  init?(path: String, teacher: UInt64, width: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var keeps = false
    defer { if !keeps { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0,
      let header = Self.words(descriptor, offset: 0, count: Self.headerWords), header[0] == Self.magic,
      header[1] == teacher, header[2] == UInt64(width)
    else { return nil }
    let size = Int(status.st_size)
    guard let rows = Int(exactly: header[3]), rows > 0, rows <= size / (8 * Self.tableWords) else {
      return nil
    }
    let firstRow = 8 * (Self.headerWords + Self.tableWords * rows)
    let (bytes, overflow) = rows.multipliedReportingOverflow(by: 4 * width)
    guard !overflow, bytes == size - firstRow,
      let table = Self.words(descriptor, offset: 8 * Self.headerWords, count: Self.tableWords * rows),
      Self.checksum(Array(header[..<4]) + table) == header[4]
    else { return nil }
    samples = (0..<rows).map { table[2 * $0] }
    checksums = (0..<rows).map { table[2 * $0 + 1] }
    self.width = width
    self.descriptor = descriptor
    self.firstRow = firstRow
    keeps = true
  }

  deinit { close(descriptor) }

  /// A row; nil where it cannot be read or is damaged.
  func row(_ slot: Int) -> [Float]? {
    let size = 4 * width
    var complete = false
    let row = [Float](unsafeUninitializedCapacity: width) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      complete =
        raw.count == 0 || pread(descriptor, raw.baseAddress, size, off_t(firstRow + slot * size)) == size
      if !complete { buffer.update(repeating: 0) }
      initialized = width
    }
    return complete && Self.checksum(row[...]) == checksums[slot] ? row : nil
  }

  /// The bytes of a file.
  static func contents(
    samples: [UInt64], rows: [Float], width: Int, teacher: UInt64
  ) -> [UInt8] {
    var table: [UInt64] = []
    for (slot, sample) in samples.enumerated() {
      table += [sample, checksum(rows[slot * width..<(slot + 1) * width])]
    }
    let header = [magic, teacher, UInt64(width), UInt64(samples.count)]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * (headerWords + table.count) + 4 * rows.count)
    for word in header + [checksum(header + table)] + table {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
    rows.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }

  private static func checksum(_ words: [UInt64]) -> UInt64 {
    var hash = ContentHash()
    words.withUnsafeBytes { hash.add($0) }
    return hash.value
  }

  private static func checksum(_ row: ArraySlice<Float>) -> UInt64 {
    var hash = ContentHash()
    row.withUnsafeBytes { hash.add($0) }
    return hash.value
  }

  private static func words(_ descriptor: Int32, offset: Int, count: Int) -> [UInt64]? {
    var complete = false
    let words = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      complete = pread(descriptor, raw.baseAddress, 8 * count, off_t(offset)) == 8 * count
      if !complete { buffer.update(repeating: 0) }
      initialized = count
    }
    return complete ? words.map { UInt64(littleEndian: $0) } : nil
  }
}
