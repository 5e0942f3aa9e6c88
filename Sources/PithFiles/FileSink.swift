import Foundation

/// Where a body given to ``AtomicFile`` puts its bytes: a buffered, append-only file.
public struct FileSink: ~Copyable {
  /// Bytes taken so far, that is the offset in the file of the next one.
  public private(set) var position = 0

  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private static let capacity = 1 << 16

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    buffer.reserveCapacity(FileSink.capacity)
  }

  /// Appends the bytes of an array, of `Data` or of another contiguous collection of bytes.
  /// - Throws: ``FileError`` when the system does not take them, for example on a full disk.
  public mutating func write(_ bytes: some ContiguousBytes) throws {
    // A closure may not capture an inout noncopyable value: the pointer is used through a local function.
    try bytes.withUnsafeBytes { try FileSink.append($0, to: &self) }
  }

  /// Appends the UTF-8 bytes of `text`.
  /// - Throws: ``FileError`` when the system does not take them.
  public mutating func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  /// Appends an integer in little-endian byte order.
  /// - Throws: ``FileError`` when the system does not take it.
  public mutating func write<Value: FixedWidthInteger>(littleEndian value: Value) throws {
    try withUnsafeBytes(of: value.littleEndian) { try FileSink.append($0, to: &self) }
  }

  /// Appends zeros until ``position`` is a multiple of `alignment` bytes.
  /// - Throws: ``FileError`` when the system does not take them.
  public mutating func align(to alignment: Int) throws {
    let past = position % alignment
    if past != 0 { try write([UInt8](repeating: 0, count: alignment - past)) }
  }

  private static func append(_ bytes: UnsafeRawBufferPointer, to sink: inout FileSink) throws {
    sink.position += bytes.count
    if sink.buffer.count + bytes.count > capacity { try sink.flush() }
    if bytes.count >= capacity { return try sink.send(bytes) }
    sink.buffer.append(contentsOf: bytes)
  }

  /// Hands what is buffered to the system.
  /// - Throws: ``FileError`` when the system does not take it.
  public mutating func flush() throws {
    guard !buffer.isEmpty else { return }
    try buffer.withUnsafeBytes { try send($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let taken = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if taken < 0 {
        if errno == EINTR { continue }
        throw FileError(writing: path, code: errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
    }
  }
}
