import Foundation
import PithFiles

/// The layout of a checkpoint, little-endian:
///
///     magic "PITHCKPT", version u32, zero u32, payload length u64, xxHash64 of the payload u64
///     payload: sections, each: name length u32, name, byte count u64, bytes
///
/// The first section, "identity", says what run it is of.
enum CheckpointFile {
  static let magic: [UInt8] = Array("PITHCKPT".utf8)
  static let version: UInt32 = 1
  static let headerBytes = 32
  static let identityName = "identity"

  static func write(
    to path: String, identity: RunIdentity, sections: [String: [UInt8]], sync: Bool
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let parts =
      [(identityName, [UInt8](try encoder.encode(identity)))] + sections.sorted { $0.key < $1.key }
    var hash = ContentHash()
    var length = 0
    let heads = parts.map { name, bytes in
      var head: [UInt8] = []
      withUnsafeBytes(of: UInt32(name.utf8.count).littleEndian) { head += $0 }
      head += Array(name.utf8)
      withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { head += $0 }
      return head
    }
    for (head, part) in zip(heads, parts) {
      head.withUnsafeBytes { hash.add($0) }
      part.1.withUnsafeBytes { hash.add($0) }
      length += head.count + part.1.count
    }
    try AtomicFile.write(to: path, sync: sync) { sink in
      try sink.write(magic)
      try sink.write(littleEndian: version)
      try sink.write(littleEndian: UInt32(0))
      try sink.write(littleEndian: UInt64(length))
      try sink.write(littleEndian: hash.value)
      for (head, part) in zip(heads, parts) {
        try sink.write(head)
        try sink.write(part.1)
      }
    }
  }

  /// - Throws: `FileError` where it cannot be read or is damaged.
  static func read(_ path: String) throws -> (identity: RunIdentity, sections: [String: [UInt8]]) {
    func refuse(_ reason: String) -> FileError {
      FileError(path: path, reason: "\(reason); delete it, or leave out --resume to begin anew")
    }
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw FileError(reading: path, code: errno)
    }
    guard bytes.starts(with: magic) else { throw refuse("is no checkpoint") }
    var cursor = ByteCursor(bytes, from: magic.count)
    guard let found = cursor.number(UInt32.self), cursor.number(UInt32.self) != nil,
      let length = cursor.number(UInt64.self), let checksum = cursor.number(UInt64.self)
    else { throw refuse("is a checkpoint that was cut off") }
    guard found == version else {
      throw refuse("is a checkpoint of version \(found), and this program writes version \(version)")
    }
    guard length == UInt64(bytes.count - headerBytes) else {
      throw refuse("is a checkpoint that was cut off")
    }
    var hash = ContentHash()
    bytes.withUnsafeBytes { hash.add(UnsafeRawBufferPointer(rebasing: $0[headerBytes...])) }
    guard hash.value == checksum else { throw refuse("is a damaged checkpoint: its checksum is wrong") }
    var sections: [String: [UInt8]] = [:]
    while !cursor.isAtEnd {
      guard let nameLength = cursor.number(UInt32.self), let name = cursor.take(Int(nameLength)),
        let count = cursor.count(), let content = cursor.take(count)
      else { throw refuse("is a damaged checkpoint") }
      sections[String(decoding: bytes[name], as: UTF8.self)] = Array(bytes[content])
    }
    guard let text = sections.removeValue(forKey: identityName),
      let identity = try? JSONDecoder().decode(RunIdentity.self, from: Data(text))
    else { throw refuse("is a damaged checkpoint") }
    return (identity, sections)
  }
}

/// Reads numbers and stretches of bytes, one after another, and never past the end.
struct ByteCursor {
  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], from position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var isAtEnd: Bool { position == bytes.count }

  /// The range of the next `count` bytes; nil where there are not so many.
  mutating func take(_ count: Int) -> Range<Int>? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return position..<position + count
  }

  mutating func number<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
    guard let range = take(Value.bitWidth / 8) else { return nil }
    return range.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: bytes[$1]) }
  }

  /// A 64-bit count, as far as it is an `Int`.
  mutating func count() -> Int? { number(UInt64.self).flatMap { Int(exactly: $0) } }
}
