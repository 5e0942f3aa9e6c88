import CZlib
import PithGraph

/// What was done to a chunk before it was stored.
enum HDF5Filter {
  case deflate
  /// The first bytes of all elements, then the second ones, and so on.
  case shuffle
  /// A checksum at the end.
  case fletcher32

  /// - Throws: `GraphError` naming a filter that is not among these.
  static func pipeline(_ message: HDF5Cursor, name: String) throws -> [HDF5Filter] {
    var cursor = message
    let version = try cursor.version(1...2, of: "filter list")
    let count = try cursor.int(1)
    if version == 1 { try cursor.skip(6) }
    return try (0..<count).map { _ in
      let number = try cursor.int(2)
      let nameLength = version == 1 || number >= 256 ? try cursor.int(2) : 0
      try cursor.skip(2)
      let valueCount = try cursor.int(2)
      try cursor.skip(nameLength)
      try cursor.skip(4 * valueCount)
      if version == 1, valueCount % 2 != 0 { try cursor.skip(4) }
      switch number {
      case 1: return .deflate
      case 2: return .shuffle
      case 3: return .fletcher32
      default:
        throw GraphError(
          "'\(name.printable())' is compressed by HDF5 filter \(number); save the model without, or with gzip"
        )
      }
    }
  }

  /// The bytes of a chunk as they were.
  /// - Parameters:
  ///   - mask: a bit for each filter that was not applied.
  ///   - size: how many bytes there must be in the end.
  static func undo(
    _ filters: [HDF5Filter], skipping mask: Int, _ bytes: UnsafeRawBufferPointer, size: Int, elementSize: Int
  ) throws -> [UInt8] {
    var result = Array(bytes)
    for (index, filter) in filters.enumerated().reversed() where mask >> index & 1 == 0 {
      switch filter {
      case .deflate:
        // A checksum may have been added before.
        result = try inflate(result, limit: size + 4)
      case .shuffle: result = unshuffled(result, elementSize)
      case .fletcher32:
        guard result.count >= 4 else { throw HDF5File.damage("a part of an array is cut short") }
        let stored = result.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        result.removeLast(4)
        guard stored == checksum(result) else { throw HDF5File.damage("a checksum of an array is wrong") }
      }
    }
    guard result.count == size else { throw HDF5File.damage("a part of an array has a wrong size") }
    return result
  }

  private static func inflate(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
    // Deflate packs at most 1032 to 1.
    guard limit / 1100 <= bytes.count else { throw HDF5File.damage("a part of an array has a wrong size") }
    var count = uLong(limit)
    var status: CInt = Z_OK
    let result = [UInt8](unsafeUninitializedCapacity: limit) { buffer, written in
      status = bytes.withUnsafeBufferPointer {
        uncompress(buffer.baseAddress, &count, $0.baseAddress, uLong($0.count))
      }
      written = status == Z_OK ? Int(count) : 0
    }
    guard status == Z_OK else { throw HDF5File.damage("a part of an array cannot be unpacked") }
    return result
  }

  private static func unshuffled(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
    let count = size > 0 ? bytes.count / size : 0
    guard size > 1, count > 1 else { return bytes }
    var result = bytes
    for plane in 0..<size {
      for element in 0..<count { result[element * size + plane] = bytes[plane * count + element] }
    }
    return result
  }

  /// Fletcher's checksum over big-endian halves, as HDF5 computes it.
  ///
  /// Fletcher, "An Arithmetic Checksum for Serial Transmissions", 1982.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var (low, high) = (UInt32(0), UInt32(0))
    for start in stride(from: 0, to: bytes.count, by: 2) {
      let second = start + 1 < bytes.count ? UInt32(bytes[start + 1]) : 0
      low = (low + (UInt32(bytes[start]) << 8 | second)) % 65535
      high = (high + low) % 65535
    }
    return high << 16 | low
  }
}
