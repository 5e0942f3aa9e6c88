import PithGraph

/// A table of a FlatBuffers file: fields by their number in the schema, any of which may be absent.
struct FlatTable {
  let buffer: FlatBuffer
  private let position: Int
  private let size: Int
  private let vtable: Int
  private let slots: Int

  /// - Throws: `GraphError` where there can be no table at this position.
  init(_ buffer: FlatBuffer, at position: Int) throws {
    self.buffer = buffer
    self.position = position
    try buffer.spend(1)
    vtable = position - Int(try buffer.load(Int32.self, at: position))
    guard vtable >= 0, vtable % 2 == 0 else { throw FlatBuffer.damage }
    let length = Int(try buffer.load(UInt16.self, at: vtable))
    size = Int(try buffer.load(UInt16.self, at: vtable + 2))
    guard length >= 4, length % 2 == 0, size >= 4 else { throw FlatBuffer.damage }
    guard length <= buffer.bytes.count - vtable, size <= buffer.bytes.count - position else {
      throw FlatBuffer.truncation
    }
    slots = (length - 4) / 2
  }

  /// Where a field of `width` bytes lies; nil where it is absent.
  private func field(_ slot: Int, width: Int) throws -> Int? {
    guard slot < slots else { return nil }
    let offset = Int(try buffer.load(UInt16.self, at: vtable + 4 + 2 * slot))
    if offset == 0 { return nil }
    guard offset >= 4, offset <= size - width else { throw FlatBuffer.damage }
    return position + offset
  }

  /// Whether the field is there.
  func has(_ slot: Int) throws -> Bool { try field(slot, width: 1) != nil }

  /// A number, or what the schema says of its absence.
  func number<T: FixedWidthInteger & BitwiseCopyable>(_ slot: Int, _ missing: T) throws -> T {
    guard let position = try field(slot, width: MemoryLayout<T>.size) else { return missing }
    return try buffer.load(T.self, at: position)
  }

  func int(_ slot: Int, _ missing: Int32 = 0) throws -> Int { Int(try number(slot, missing)) }

  func bool(_ slot: Int, default missing: Bool = false) throws -> Bool {
    try number(slot, UInt8(missing ? 1 : 0)) != 0
  }

  func float(_ slot: Int, _ missing: Float = 0) throws -> Float {
    Float(bitPattern: try number(slot, missing.bitPattern))
  }

  func table(_ slot: Int) throws -> FlatTable? {
    guard let position = try field(slot, width: 4) else { return nil }
    return try FlatTable(buffer, at: try buffer.target(of: position))
  }

  /// A vector; all its elements, of `stride` bytes each, lie in the file.
  func vector(_ slot: Int, stride: Int) throws -> FlatVector? {
    guard let position = try field(slot, width: 4) else { return nil }
    return try FlatVector(buffer, at: try buffer.target(of: position), stride: stride)
  }

  /// The elements of a vector, none where it is absent.
  func numbers<T: FixedWidthInteger & BitwiseCopyable>(_ slot: Int, _ type: T.Type) throws -> [T] {
    try vector(slot, stride: MemoryLayout<T>.size)?.numbers(type) ?? []
  }

  func ints(_ slot: Int) throws -> [Int] { try numbers(slot, Int32.self).map { Int($0) } }

  func floats(_ slot: Int) throws -> [Float] {
    try numbers(slot, UInt32.self).map { Float(bitPattern: $0) }
  }

  func tables(_ slot: Int) throws -> [FlatTable] { try vector(slot, stride: 4)?.tables() ?? [] }

  /// A string, repaired where it is not UTF-8 and without zeros, which would end it elsewhere; empty where it is absent.
  func string(_ slot: Int) throws -> String {
    guard let vector = try vector(slot, stride: 1) else { return "" }
    try buffer.spend(vector.count)
    let range = vector.position..<(vector.position + vector.count)
    return String(decoding: buffer.bytes[range].filter { $0 != 0 }, as: UTF8.self)
  }
}
