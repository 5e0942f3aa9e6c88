import PithGraph

/// A small value that hangs on a group or dataset.
struct HDF5Attribute {
  let name: String
  let type: HDF5Datatype
  let shape: [Int]
  private let file: HDF5File
  private let data: UnsafeRawBufferPointer

  init(_ file: HDF5File, _ message: HDF5ObjectHeader.Message) throws {
    self.file = file
    guard !message.isShared else {
      throw GraphError("its HDF5 data shares descriptions between objects; save the model with h5py")
    }
    var cursor = HDF5Cursor(message.body)
    let version = try cursor.version(1...3, of: "attribute")
    let flags = try cursor.int(1)
    let (nameSize, typeSize, spaceSize) = (try cursor.int(2), try cursor.int(2), try cursor.int(2))
    if version == 3 { try cursor.skip(1) }
    guard version == 1 || flags & 3 == 0 else {
      throw GraphError("its HDF5 data shares descriptions between objects; save the model with h5py")
    }
    name = String(decoding: try cursor.take(nameSize).prefix { $0 != 0 }, as: UTF8.self)
    if version == 1 { try cursor.align() }
    type = try HDF5Datatype(HDF5Cursor(try cursor.take(typeSize)))
    if version == 1 { try cursor.align() }
    shape = try HDF5Dataspace.shape(HDF5Cursor(try cursor.take(spaceSize)))
    if version == 1 { try cursor.align() }
    let (size, overflow) = (Shape.elementCount(shape) ?? 0).multipliedReportingOverflow(by: type.byteCount)
    guard !overflow else { throw HDF5File.damage("attribute '\(name.printable())' has an impossible size") }
    data = try cursor.take(size)
  }

  /// The strings that it holds.
  /// - Throws: `GraphError` where it holds none; an empty list of anything is one of no strings.
  func strings() throws -> [String] {
    let count = Shape.elementCount(shape) ?? 0
    if count == 0 { return [] }
    var cursor = HDF5Cursor(data)
    switch type {
    case .string(let byteCount):
      return try (0..<count).map { _ in
        let bytes = try cursor.take(byteCount)
        let end = bytes.lastIndex { $0 != 0 && $0 != 0x20 } ?? -1
        return String(decoding: bytes[...end].prefix { $0 != 0 }, as: UTF8.self)
      }
    case .variableString:
      return try (0..<count).map { _ in
        let length = try cursor.int(4)
        let address = try cursor.address()
        let index = try cursor.int(4)
        guard length > 0, let address, address != 0 else { return "" }
        let bytes = try HDF5GlobalHeap.object(file, collection: address, index: index)
        guard length <= bytes.count else { throw HDF5File.damage("a string is longer than where it lies") }
        return String(decoding: bytes[..<length].prefix { $0 != 0 }, as: UTF8.self)
      }
    default:
      throw GraphError(
        "attribute '\(name.printable())' holds \(type.description) instead of text; save the model again")
    }
  }

  /// The string that it is.
  func string() throws -> String {
    let strings = try strings()
    guard strings.count == 1 else {
      throw GraphError("attribute '\(name.printable())' is not one text; save the model again")
    }
    return strings[0]
  }
}

/// Where strings of any length lie.
enum HDF5GlobalHeap {
  static func object(_ file: HDF5File, collection: Int, index: Int) throws -> UnsafeRawBufferPointer {
    var head = try file.structure(collection, 16)
    try head.signature("GCOL")
    _ = try head.version(1...1, of: "global heap")
    try head.skip(3)
    let size = try head.int(8)
    var cursor = HDF5Cursor(try file.slice(collection, size))
    try cursor.skip(16)
    while cursor.remaining >= 16 {
      try file.spend(16)
      let number = try cursor.int(2)
      try cursor.skip(6)
      let count = try cursor.int(8)
      if number == 0 { break }
      let object = try cursor.take(count)
      if number == index {
        try file.spend(count)
        return object
      }
      try cursor.align()
    }
    throw HDF5File.damage("a string is nowhere")
  }
}
