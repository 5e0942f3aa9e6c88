import PithGraph

/// Reads little-endian numbers from one structure of an HDF5 file, never beyond its end.
struct HDF5Cursor {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var remaining: Int { bytes.count - offset }

  /// The next bytes, as they are.
  mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else { throw HDF5File.damage("a structure ends early") }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
  }

  mutating func skip(_ count: Int) throws { _ = try take(count) }

  /// Goes on at the next multiple of 8 from the structure's start.
  mutating func align() throws { try skip((8 - offset % 8) % 8) }

  /// An unsigned number of up to eight bytes.
  mutating func number(_ byteCount: Int) throws -> UInt64 {
    guard byteCount <= 8 else { throw HDF5File.damage("a number has \(byteCount) bytes") }
    return try take(byteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The same as an `Int`.
  mutating func int(_ byteCount: Int) throws -> Int {
    guard let value = Int(exactly: try number(byteCount)) else {
      throw HDF5File.damage("a size is beyond any file")
    }
    return value
  }

  /// A place in the file; nil where it says that there is none.
  mutating func address() throws -> Int? {
    let value = try number(8)
    if value == .max { return nil }
    guard let address = Int(exactly: value) else { throw HDF5File.damage("an address is beyond any file") }
    return address
  }

  mutating func signature(_ expected: String) throws {
    guard try take(4).elementsEqual(expected.utf8) else {
      throw HDF5File.damage("a structure is not the '\(expected)' that it should be")
    }
  }

  /// A structure's version, which must be among those that are known.
  mutating func version(_ known: ClosedRange<Int>, of what: String) throws -> Int {
    let version = try int(1)
    guard known.contains(version) else {
      throw GraphError(
        "its HDF5 data has a \(what) of version \(version), which is not what Keras writes; save the model again"
      )
    }
    return version
  }
}
