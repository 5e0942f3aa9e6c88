import PithGraph

/// The bytes of a FlatBuffers file, read with every offset checked.
///
/// Nothing is verified ahead: each access is, when it is made, so that what is never looked at can do no harm. A file may
/// name one object many times, which is how writers share; a budget of steps, in proportion to the file, bounds what that
/// can cost. Cycles cannot be followed, since the schema that asks is finite.
/// Encoding: https://flatbuffers.dev/internals/
final class FlatBuffer {
  let bytes: UnsafeRawBufferPointer
  /// Elements that may still be looked at.
  private var budget: Int

  /// - Parameter bytes: the file; they must outlive all that is made of them.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    budget = FlatBuffer.leastBudget + bytes.count
  }

  /// Steps that any file may take: far more than the elements, other than weights, of a model for the edge.
  private static let leastBudget = 1 << 20

  /// The table that the file is.
  /// - Throws: `GraphError` where there is none.
  func root() throws -> FlatTable { try FlatTable(self, at: try target(of: 0)) }

  /// Four characters that say what the file holds.
  var identifier: String {
    bytes.count >= 8 ? String(decoding: bytes[4..<8], as: UTF8.self) : ""
  }

  /// Counts elements that are about to be looked at.
  func spend(_ steps: Int) throws {
    guard steps <= budget else {
      throw GraphError("the file names the same parts over and over; export or download it again")
    }
    budget -= steps
  }

  /// A little-endian number at a position.
  func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at position: Int) throws -> T {
    guard position >= 0, position <= bytes.count - MemoryLayout<T>.size else { throw FlatBuffer.truncation }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  /// Where the offset at a position leads: forwards, and to a multiple of 4.
  func target(of position: Int) throws -> Int {
    let offset = Int(try load(UInt32.self, at: position))
    let target = position + offset
    guard offset > 0, target <= bytes.count - 4 else { throw FlatBuffer.truncation }
    guard target % 4 == 0 else { throw FlatBuffer.damage }
    return target
  }

  static let truncation = GraphError("the file is cut short or damaged; export or download it again")
  static let damage = GraphError("the file is damaged; export or download it again")
}

/// A vector of numbers or offsets.
struct FlatVector {
  let buffer: FlatBuffer
  /// Of the first element.
  let position: Int
  let count: Int

  /// - Parameter stride: bytes of an element; all of them must be in the file.
  init(_ buffer: FlatBuffer, at position: Int, stride: Int) throws {
    self.buffer = buffer
    self.position = position + 4
    count = Int(try buffer.load(UInt32.self, at: position))
    guard count <= (buffer.bytes.count - self.position) / stride else { throw FlatBuffer.truncation }
  }

  /// All elements as numbers of a type.
  func numbers<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> [T] {
    try buffer.spend(count)
    return try (0..<count).map { try buffer.load(T.self, at: position + $0 * MemoryLayout<T>.size) }
  }

  /// The table that an element leads to.
  func table(_ index: Int) throws -> FlatTable {
    guard index >= 0, index < count else { throw FlatBuffer.damage }
    return try FlatTable(buffer, at: try buffer.target(of: position + 4 * index))
  }

  /// All elements as tables.
  func tables() throws -> [FlatTable] {
    try buffer.spend(count)
    return try (0..<count).map { try table($0) }
  }
}
