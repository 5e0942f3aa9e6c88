/// Bytes that stay in their place as long as the object lives.
final class HeldBytes {
  let raw: UnsafeRawBufferPointer
  private let memory: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    memory = .allocate(byteCount: bytes.count, alignment: 16)
    memory.copyBytes(from: bytes)
    raw = UnsafeRawBufferPointer(memory)
  }

  deinit { memory.deallocate() }
}

/// A zip archive made by hand, right or wrong as a test wants it.
struct TestZip {
  private var contents: [UInt8] = []
  private var directory: [UInt8] = []
  private var last: (packed: Int, size: Int, crc: UInt32, method: Int, offset: Int) = (0, 0, 0, 0, 0)
  private var count = 0

  /// Appends an entry whose bytes in the archive are `packed`.
  mutating func add(
    _ name: String, _ packed: [UInt8], method: Int = 0, size: Int? = nil, crc: UInt32? = nil, flags: Int = 0
  ) {
    let crc = crc ?? TestZip.crc(packed)
    last = (packed.count, size ?? packed.count, crc, method, contents.count)
    contents += little(0x0403_4b50, 4) + little(20, 2) + little(flags, 2) + little(method, 2) + little(0, 4)
    contents += little(Int(crc), 4) + little(packed.count, 4) + little(last.size, 4)
    contents += little(name.utf8.count, 2) + little(0, 2) + Array(name.utf8) + packed
    addToDirectory(name, flags)
  }

  /// Appends another name of the last entry's bytes.
  mutating func addAlias(_ name: String) { addToDirectory(name, 0) }

  private mutating func addToDirectory(_ name: String, _ flags: Int) {
    directory += little(0x0201_4b50, 4) + little(20, 2) + little(20, 2) + little(flags, 2)
    directory += little(last.method, 2) + little(0, 4) + little(Int(last.crc), 4) + little(last.packed, 4)
    directory += little(last.size, 4) + little(name.utf8.count, 2) + little(0, 2) + little(0, 2)
    directory += little(0, 2) + little(0, 2) + little(0, 4) + little(last.offset, 4) + Array(name.utf8)
    count += 1
  }

  var bytes: [UInt8] {
    var result = contents + directory + little(0x0605_4b50, 4) + little(0, 4) + little(count, 2)
    result += little(count, 2) + little(directory.count, 4) + little(contents.count, 4) + little(0, 2)
    return result
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 }
    return value
  }

  /// The checksum of zip archives.
  static func crc(_ bytes: [UInt8]) -> UInt32 {
    var value = ~UInt32(0)
    for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 0xff)] ^ (value >> 8) }
    return ~value
  }
}
