import PithFiles

/// Splits a CSV file into records (RFC 4180, with line feeds as well as CRLF): one at a time, in one buffer.
final class CSVRecords {
  /// The fields' bytes one behind the other, without quotes.
  private(set) var bytes: [UInt8] = []
  /// Where each field ends in ``bytes``.
  private(set) var ends: [Int] = []
  /// The line on which the record begins, from 1.
  private(set) var line = 0

  let name: String
  private let stream: FileStream
  private let delimiter: UInt8
  private var chunk: [UInt8] = []
  private var cursor = 0
  private var nextLine = 1
  private var isQuoted = false

  /// No sample takes more text than this; a file without line ends should not fill the memory.
  static let longestRecord = 1 << 26
  private static let lineFeed = UInt8(ascii: "\n")
  private static let quote = UInt8(ascii: "\"")

  init(_ path: String, delimiter: UInt8) throws {
    name = path
    stream = try FileStream(path)
    self.delimiter = delimiter
    try refill()
    if chunk.starts(with: [0xEF, 0xBB, 0xBF]) { cursor = 3 }
  }

  var fieldCount: Int { ends.count }

  /// The bytes of field `index`.
  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  func text(_ index: Int) -> String {
    String(decoding: bytes[range(index)], as: UTF8.self).trimmingSpaces()
  }

  /// Moves to the next record that is not blank.
  /// - Returns: whether there is one.
  /// - Throws: `FileError` with the line for a quote without end, a record without end, or a damaged file.
  func advance() throws -> Bool {
    while try readRecord() {
      let isBlank = ends.count == 1 && !isQuoted && bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
      if !isBlank { return true }
    }
    return false
  }

  func error(_ reason: String) -> FileError {
    FileError(path: name, reason: "line \(line): \(reason)")
  }

  private func readRecord() throws -> Bool {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    isQuoted = false
    line = nextLine
    while true {
      if cursor == chunk.count, try !refill() {
        if bytes.isEmpty, ends.isEmpty, !isQuoted { return false }
        endField()
        return true
      }
      // Plain bytes up to the next special one go over in one piece.
      let start = cursor
      while cursor < chunk.count {
        let byte = chunk[cursor]
        if byte == delimiter || byte == CSVRecords.lineFeed || byte == CSVRecords.quote { break }
        cursor += 1
      }
      bytes.append(contentsOf: chunk[start..<cursor])
      if bytes.count > CSVRecords.longestRecord {
        throw error("longer than \(CSVRecords.longestRecord) bytes; this does not look like a CSV table")
      }
      guard cursor < chunk.count else { continue }
      let byte = chunk[cursor]
      cursor += 1
      if byte == CSVRecords.quote {
        try readQuoted()
      } else {
        endField()
        if byte == CSVRecords.lineFeed {
          nextLine += 1
          return true
        }
      }
    }
  }

  private func endField() {
    // The carriage return of CRLF, and one at the end of the file.
    if bytes.last == 0x0D, bytes.count > (ends.last ?? 0) { bytes.removeLast() }
    ends.append(bytes.count)
  }

  /// The rest of a quoted field, after its first quote.
  private func readQuoted() throws {
    guard bytes[(ends.last ?? 0)...].allSatisfy({ $0 == 0x20 }) else {
      throw error("a quote in the middle of field \(ends.count + 1); double it, and quote the field")
    }
    isQuoted = true
    while true {
      guard let byte = try nextByte() else {
        throw error("field \(ends.count + 1) begins with a quote that is never closed")
      }
      if byte == CSVRecords.quote {
        if cursor == chunk.count { _ = try refill() }
        guard cursor < chunk.count, chunk[cursor] == CSVRecords.quote else { return }
        cursor += 1
      }
      if byte == CSVRecords.lineFeed { nextLine += 1 }
      bytes.append(byte)
      if bytes.count > CSVRecords.longestRecord {
        throw error("field \(ends.count + 1) begins with a quote that is not closed for very long")
      }
    }
  }

  private func nextByte() throws -> UInt8? {
    if cursor == chunk.count, try !refill() { return nil }
    defer { cursor += 1 }
    return chunk[cursor]
  }

  @discardableResult
  private func refill() throws -> Bool {
    cursor = 0
    chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = try stream.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return !chunk.isEmpty
  }
}

extension StringProtocol {
  func trimmingSpaces() -> String {
    func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
    let front = drop(while: isSpace)
    guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(front[...last])
  }
}
