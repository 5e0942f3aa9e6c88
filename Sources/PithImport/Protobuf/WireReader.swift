import PithGraph

/// Walks the fields of one protobuf message without interpreting them.
///
/// The file is cut into its parts by this reader, so that weights are taken straight from the file's bytes and
/// protobuf-c only ever sees one small message at a time, whose field lengths are known to lie within it.
/// Encoding: https://protobuf.dev/programming-guides/encoding/
struct WireReader {
  /// One field: its number, how it is encoded, and where.
  struct Field {
    enum Encoding: UInt64 {
      case varint = 0
      case fixed64 = 1
      case bytes = 2
      case fixed32 = 5
    }

    var number: Int
    var encoding: Encoding
    /// The bytes of the value: of a `bytes` field, without its length.
    var payload: UnsafeRawBufferPointer
    /// The field with its key and length.
    var whole: UnsafeRawBufferPointer

    /// The number of a `varint` field.
    var integer: Int {
      var value: UInt64 = 0
      for (index, byte) in payload.prefix(10).enumerated() {
        value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      }
      return Int(truncatingIfNeeded: value)
    }
  }

  private static let fieldNumbers: Range<UInt64> = 1..<1 << 29

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Whether bytes can be the first of a protobuf message: a key of a field.
  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = WireReader(bytes)
    guard let key = try? reader.varint() else { return false }
    return Field.Encoding(rawValue: key & 7) != nil && fieldNumbers.contains(key >> 3)
  }

  /// The next field, or nil at the end of the message.
  /// - Throws: `GraphError` where the bytes are not a protobuf message.
  mutating func next() throws -> Field? {
    guard position < bytes.count else { return nil }
    let start = position
    let key = try varint()
    guard let encoding = Field.Encoding(rawValue: key & 7), WireReader.fieldNumbers.contains(key >> 3) else {
      throw WireReader.damage
    }
    let length: Int
    switch encoding {
    case .fixed64: length = 8
    case .fixed32: length = 4
    case .bytes:
      guard let count = Int(exactly: try varint()) else { throw WireReader.damage }
      length = count
    case .varint:
      let value = position
      _ = try varint()
      length = position - value
      position = value
    }
    guard length <= bytes.count - position else { throw WireReader.truncation }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + length)])
    position += length
    return Field(
      number: Int(key >> 3), encoding: encoding, payload: payload,
      whole: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw WireReader.truncation }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw WireReader.damage
  }

  private static let damage = GraphError("the file is damaged; export or download it again")
  private static let truncation = GraphError("the file is cut short or damaged; export or download it again")
}
