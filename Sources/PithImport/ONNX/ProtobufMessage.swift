import COnnx
import PithGraph

/// A message that protobuf-c has unpacked, freed with the last reference.
final class ProtobufMessage<Message> {
  typealias Unpack = (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) ->
    UnsafeMutablePointer<Message>?

  private let message: UnsafeMutablePointer<Message>

  /// Unpacks a message with its generated function.
  /// - Throws: `GraphError` where the bytes are not one, or hold more fields than a legal message would.
  init(_ unpack: Unpack, _ bytes: UnsafeRawBufferPointer, fieldLimit: Int = 1 << 20) throws {
    // protobuf-c makes a structure of hundreds of bytes from a field of two: a limit keeps small files small.
    var reader = WireReader(bytes)
    var count = 0
    while try reader.next() != nil {
      count += 1
      guard count <= fieldLimit else { throw GraphError("a message has more than \(fieldLimit) fields") }
    }
    // An empty message has no bytes to point to.
    let empty: [UInt8] = [0]
    let unpacked = empty.withUnsafeBufferPointer { placeholder in
      unpack(
        nil, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? placeholder.baseAddress)
    }
    guard let unpacked else { throw GraphError("the file is damaged; export or download it again") }
    message = unpacked
  }

  deinit {
    // Every generated structure begins with its base.
    protobuf_c_message_free_unpacked(
      UnsafeMutableRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self), nil)
  }

  /// Gives the body the message, which lives no longer than the call.
  func read<R>(_ body: (UnsafePointer<Message>) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try body(UnsafePointer(message)) }
  }
}

extension String {
  /// The text of a protobuf-c string field; empty where it is absent.
  init(field: UnsafePointer<CChar>?) { self = field.map { String(cString: $0) } ?? "" }

  /// The text of a protobuf-c bytes field.
  init(field: ProtobufCBinaryData) {
    self = String(decoding: UnsafeBufferPointer(start: field.data, count: field.len), as: UTF8.self)
  }
}
