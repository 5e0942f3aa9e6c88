import PithGraph

extension WireReader {
  /// Gives every field of a message to `body`.
  /// - Throws: `GraphError` where the bytes are not a message, and what `body` throws.
  static func forEach(in bytes: UnsafeRawBufferPointer, _ body: (Field) throws -> Void) throws {
    var reader = WireReader(bytes)
    while let field = try reader.next() { try body(field) }
  }

  /// The key and the value of an entry of a map from text.
  static func entry(_ bytes: UnsafeRawBufferPointer) throws -> (key: String, value: Field?) {
    var key = ""
    var value: Field?
    try forEach(in: bytes) { field in
      switch field.number {
      case 1: key = field.text
      case 2: value = field
      default: break
      }
    }
    return (key, value)
  }
}

extension WireReader.Field {
  /// The value of a number, 0 for a `bytes` field; little-endian where it is of fixed width.
  var bits: UInt64 {
    var value: UInt64 = 0
    switch encoding {
    case .varint:
      for (index, byte) in payload.prefix(10).enumerated() {
        value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      }
    case .fixed32, .fixed64:
      for (index, byte) in payload.enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
    case .bytes: break
    }
    return value
  }

  /// The value of an integer in two's complement.
  var int: Int { Int(Int64(bitPattern: bits)) }

  var flag: Bool { bits != 0 }

  /// The value of a `float` field.
  var float: Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }

  /// The text of a string field; bytes that are not UTF-8 are replaced.
  var text: String { String(decoding: payload, as: UTF8.self) }

  /// The integers of a repeated field, which stand alone or packed, at most `limit` of them.
  /// - Throws: `GraphError` where they are cut short or too many.
  func ints(limit: Int) throws -> [Int] {
    guard encoding == .bytes else { return [int] }
    var values: [Int] = []
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for byte in payload {
      guard shift < 70 else { throw GraphError("the file is damaged; export or download it again") }
      value |= UInt64(byte & 0x7f) << shift
      shift += 7
      if byte < 0x80 {
        guard values.count < limit else { throw GraphError("a list has more than \(limit) numbers") }
        values.append(Int(Int64(bitPattern: value)))
        (value, shift) = (0, 0)
      }
    }
    guard shift == 0 else {
      throw GraphError("the file is cut short or damaged; export or download it again")
    }
    return values
  }

  /// The elements of fixed width of a repeated field, which stand alone or packed.
  func fixed<T: FixedWidthInteger>(_: T.Type) throws -> [T] {
    let width = MemoryLayout<T>.size
    guard encoding != .varint, payload.count % width == 0 else {
      throw GraphError("the file is damaged; export or download it again")
    }
    return stride(from: 0, to: payload.count, by: width).map {
      T(littleEndian: payload.loadUnaligned(fromByteOffset: $0, as: T.self))
    }
  }
}
