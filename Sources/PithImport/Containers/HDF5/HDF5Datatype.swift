import PithGraph

/// What the elements of a dataset or attribute are.
enum HDF5Datatype {
  /// Two's complement or unsigned.
  case integer(byteCount: Int, isSigned: Bool, isBigEndian: Bool)
  /// IEEE 754's binary16, binary32 or binary64.
  case float(byteCount: Int, isBigEndian: Bool)
  case bfloat16
  /// Bytes, padded by zeros or spaces.
  case string(byteCount: Int)
  /// In the global heap.
  case variableString
  /// Bytes without a meaning.
  case opaque(byteCount: Int)
  /// Anything that a model does not need, by a name for messages.
  case other(String, byteCount: Int)

  /// Bytes of one element in the file.
  var byteCount: Int {
    switch self {
    case .integer(let count, _, _), .float(let count, _), .string(let count), .opaque(let count),
      .other(_, let count):
      count
    case .bfloat16: 2
    case .variableString: 16
    }
  }

  init(_ message: HDF5Cursor) throws {
    var cursor = message
    self = try HDF5Datatype.read(&cursor, depth: 0)
  }

  private static func read(_ cursor: inout HDF5Cursor, depth: Int) throws -> HDF5Datatype {
    let head = try cursor.int(1)
    let bits = try cursor.int(3)
    let byteCount = try cursor.int(4)
    let isBigEndian = bits & 1 != 0
    switch head & 15 {
    case 0:
      let (offset, precision) = (try cursor.int(2), try cursor.int(2))
      guard [1, 2, 4, 8].contains(byteCount), offset == 0, precision == 8 * byteCount else {
        return .other("integers of \(precision) bits", byteCount: byteCount)
      }
      return .integer(byteCount: byteCount, isSigned: bits & 8 != 0, isBigEndian: isBigEndian)
    case 1:
      let (offset, precision) = (try cursor.int(2), try cursor.int(2))
      let fields = [try cursor.int(1), try cursor.int(1), try cursor.int(1), try cursor.int(1)]
      let bias = try cursor.int(4)
      let plain = offset == 0 && precision == 8 * byteCount && bits & 0x40 == 0
      switch (byteCount, fields, bias) {
      case (2, [10, 5, 0, 10], 15), (4, [23, 8, 0, 23], 127), (8, [52, 11, 0, 52], 1023):
        if plain { return .float(byteCount: byteCount, isBigEndian: isBigEndian) }
      case (2, [7, 8, 0, 7], 127): if plain, !isBigEndian { return .bfloat16 }
      default: break
      }
      return .other("floats of \(precision) bits", byteCount: byteCount)
    case 3: return .string(byteCount: byteCount)
    case 5: return .opaque(byteCount: byteCount)
    case 8:
      // An enumeration, such as h5py's booleans: its numbers are those of the type below.
      guard depth == 0 else { return .other("enumerations", byteCount: byteCount) }
      return try read(&cursor, depth: depth + 1)
    case 9:
      guard bits & 15 == 1, byteCount == 16 else { return .other("lists", byteCount: byteCount) }
      return .variableString
    case let number:
      let names = [2: "times", 4: "bit fields", 6: "records", 7: "references", 10: "arrays"]
      return .other(names[number] ?? "elements of an unknown type", byteCount: byteCount)
    }
  }

  /// For messages.
  var description: String {
    switch self {
    case .integer(let count, let isSigned, _): "\(isSigned ? "int" : "uint")\(8 * count)"
    case .float(let count, _): "float\(8 * count)"
    case .bfloat16: "bfloat16"
    case .string, .variableString: "strings"
    case .opaque: "bytes"
    case .other(let name, _): name
    }
  }

  // MARK: Elements

  /// Elements as float32; nil where they are no numbers.
  /// - Precondition: `bytes` are whole elements.
  func floats(_ bytes: UnsafeRawBufferPointer) -> [Float]? {
    switch self {
    case .float(4, false):
      return [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 4 * 4)]))
        count = bytes.count / 4
      }
    case .float(2, let big): return patterns(bytes, UInt16.self, big) { Float(Float16(bitPattern: $0)) }
    case .float(4, let big): return patterns(bytes, UInt32.self, big) { Float(bitPattern: $0) }
    case .float(_, let big): return patterns(bytes, UInt64.self, big) { Float(Double(bitPattern: $0)) }
    case .bfloat16:
      return patterns(bytes, UInt16.self, false) { Float(bitPattern: UInt32($0) << 16) }
    case .integer: return integers(bytes)?.map(Float.init)
    case .string, .variableString, .opaque, .other: return nil
    }
  }

  /// Elements as integers; nil where they are none.
  func integers(_ bytes: UnsafeRawBufferPointer) -> [Int]? {
    guard case .integer(let count, let isSigned, let big) = self else { return nil }
    switch (count, isSigned) {
    case (1, true): return patterns(bytes, UInt8.self, big) { Int(Int8(bitPattern: $0)) }
    case (1, false): return patterns(bytes, UInt8.self, big) { Int($0) }
    case (2, true): return patterns(bytes, UInt16.self, big) { Int(Int16(bitPattern: $0)) }
    case (2, false): return patterns(bytes, UInt16.self, big) { Int($0) }
    case (4, true): return patterns(bytes, UInt32.self, big) { Int(Int32(bitPattern: $0)) }
    case (4, false): return patterns(bytes, UInt32.self, big) { Int($0) }
    default: return patterns(bytes, UInt64.self, big) { Int(Int64(bitPattern: $0)) }
    }
  }

  private func patterns<Bits: FixedWidthInteger & BitwiseCopyable, Element>(
    _ bytes: UnsafeRawBufferPointer, _: Bits.Type, _ isBigEndian: Bool, _ element: (Bits) -> Element
  ) -> [Element] {
    let size = MemoryLayout<Bits>.size
    return (0..<bytes.count / size).map {
      let bits = bytes.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self)
      return element(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
    }
  }
}

/// The shape of a dataset or attribute.
enum HDF5Dataspace {
  /// - Returns: the size of each axis; empty for a scalar.
  /// - Throws: `GraphError` where the product is beyond what index arithmetic can hold.
  static func shape(_ message: HDF5Cursor) throws -> [Int] {
    var cursor = message
    let version = try cursor.version(1...2, of: "dataspace")
    let rank = try cursor.int(1)
    try cursor.skip(1)
    if version == 1 {
      try cursor.skip(5)
    } else if try cursor.int(1) == 2 {
      return [0]
    }
    guard rank <= 32 else { throw HDF5File.damage("something has \(rank) axes") }
    let shape = try (0..<rank).map { _ in try cursor.int(8) }
    guard let count = Shape.elementCount(shape), count < 1 << 48 else {
      throw HDF5File.damage("something has the impossible shape \(shape)")
    }
    return shape
  }
}
