/// The Castagnoli cyclic redundancy check that TensorFlow keeps with every block and tensor (RFC 3720, appendix B.4).
enum CRC32C {
  /// Tables for eight bytes at a time: table k is that of a byte with k zero bytes behind it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 != 0 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<tables.count {
      let value = tables[index - 256]
      tables[index] = value >> 8 ^ tables[Int(value & 0xff)]
    }
    return tables
  }()

  /// The check of some bytes.
  static func value(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = ~UInt32(0)
    tables.withUnsafeBufferPointer { tables in
      var position = 0
      while bytes.count - position >= 8 {
        let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)) ^ crc
        let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self))
        crc = tables[1792 + Int(low & 0xff)] ^ tables[1536 + Int(low >> 8 & 0xff)]
        crc ^= tables[1280 + Int(low >> 16 & 0xff)] ^ tables[1024 + Int(low >> 24)]
        crc ^= tables[768 + Int(high & 0xff)] ^ tables[512 + Int(high >> 8 & 0xff)]
        crc ^= tables[256 + Int(high >> 16 & 0xff)] ^ tables[Int(high >> 24)]
        position += 8
      }
      while position < bytes.count {
        crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[position])) & 0xff)]
        position += 1
      }
    }
    return ~crc
  }

  /// The form in which a check is stored beside what it covers: rotated and shifted, so that the check of bytes that
  /// hold checks is not degenerate (LevelDB, `util/crc32c.h`).
  static func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xa282_ead8 }
}
