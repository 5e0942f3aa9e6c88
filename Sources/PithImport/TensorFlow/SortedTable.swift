import PithGraph

/// A sorted table of keys and values, as LevelDB and TensorFlow's `variables.index` store it.
///
/// Format: https://github.com/google/leveldb/blob/main/doc/table_format.md
struct SortedTable {
  struct Entry {
    var key: [UInt8]
    var value: UnsafeRawBufferPointer
  }

  /// The entries in the order of their keys; values lie in the bytes of the file.
  private(set) var entries: [Entry] = []

  private let bytes: UnsafeRawBufferPointer
  private let verifiesChecksums: Bool
  /// Bytes that all keys together may take, since a key of one byte in the file can repeat a long one.
  private var keyBytes = 0

  private static let damage = GraphError("it is damaged; copy or export it again")
  private static let magic: UInt64 = 0xdb47_7524_8b80_fb57
  /// The magic number and two handles of at most 20 bytes.
  private static let footer = 48
  /// A compression type and a check behind each block.
  private static let trailer = 5

  /// - Parameter verifiesChecksums: false to have a fuzzer come to what lies behind them.
  /// - Throws: `GraphError` where the bytes are no table, or a block is compressed or damaged.
  init(_ bytes: UnsafeRawBufferPointer, verifiesChecksums: Bool = true) throws {
    self.bytes = bytes
    self.verifiesChecksums = verifiesChecksums
    guard bytes.count >= SortedTable.footer,
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
        == SortedTable.magic
    else { throw GraphError("it is not a table of variables, or it is cut short; copy or export it again") }
    var position = bytes.count - SortedTable.footer
    _ = try SortedTable.handle(bytes, &position)
    let index = try block(try SortedTable.handle(bytes, &position))
    for entry in try read(index) {
      var position = 0
      entries += try read(try block(try SortedTable.handle(entry.value, &position)))
      guard entries.count <= 1 << 20 else { throw GraphError("it has more than \(1 << 20) entries") }
    }
  }

  /// Where a block is, without its trailer.
  private struct Handle {
    var offset: Int
    var count: Int
  }

  private static func handle(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws -> Handle {
    Handle(offset: try varint(bytes, &position), count: try varint(bytes, &position))
  }

  private static func varint(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard position < bytes.count else { throw damage }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int(value) }
    }
    throw damage
  }

  /// The bytes of a block, its check passed.
  private func block(_ handle: Handle) throws -> UnsafeRawBufferPointer {
    let room = bytes.count - SortedTable.trailer
    guard handle.offset <= room, handle.count <= room - handle.offset else { throw SortedTable.damage }
    let end = handle.offset + handle.count
    guard bytes[end] == 0 else {
      throw GraphError(
        bytes[end] == 1
          ? "it is compressed with snappy, which is not supported; save the model again with TensorFlow 1.4 or later"
          : "it is compressed in an unknown way, or damaged; copy or export it again")
    }
    if verifiesChecksums {
      let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end + 1, as: UInt32.self))
      let covered = UnsafeRawBufferPointer(rebasing: bytes[handle.offset...end])
      guard CRC32C.masked(CRC32C.value(covered)) == stored else {
        throw GraphError("its checksum is wrong: it is damaged; copy or export it again")
      }
    }
    return UnsafeRawBufferPointer(rebasing: bytes[handle.offset..<end])
  }

  /// The entries of a block: each shares a prefix of its key with the one before; at the end stand restart points, which
  /// only a search needs.
  private mutating func read(_ block: UnsafeRawBufferPointer) throws -> [Entry] {
    guard block.count >= 4 else { throw SortedTable.damage }
    let restarts = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: block.count - 4, as: UInt32.self))
    guard Int(restarts) <= (block.count - 4) / 4 else { throw SortedTable.damage }
    let body = UnsafeRawBufferPointer(rebasing: block[..<(block.count - 4 - 4 * Int(restarts))])
    var result: [Entry] = []
    var key: [UInt8] = []
    var position = 0
    while position < body.count {
      let shared = try SortedTable.varint(body, &position)
      let own = try SortedTable.varint(body, &position)
      let count = try SortedTable.varint(body, &position)
      guard shared <= key.count, own <= body.count - position, count <= body.count - position - own else {
        throw SortedTable.damage
      }
      key.removeSubrange(shared...)
      key += body[position..<(position + own)]
      keyBytes += key.count
      guard keyBytes <= 1 << 26 else { throw GraphError("its names take more than \(1 << 26) bytes") }
      position += own
      result.append(
        Entry(key: key, value: UnsafeRawBufferPointer(rebasing: body[position..<(position + count)])))
      position += count
    }
    return result
  }
}
