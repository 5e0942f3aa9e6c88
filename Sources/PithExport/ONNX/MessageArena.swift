import COnnx

/// Memory for the C structures of one message, freed together.
final class MessageArena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// An array of trivial elements that lives as long as the arena; nil where it is empty.
  func array<T: BitwiseCopyable>(_ elements: [T]) -> UnsafeMutablePointer<T>? {
    guard !elements.isEmpty else { return nil }
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: elements.count)
    pointer.initialize(from: elements, count: elements.count)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  func string(_ text: String) -> UnsafeMutablePointer<CChar>? {
    array(text.utf8.map { CChar(bitPattern: $0) } + [0])
  }

  func strings(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    array(texts.map { string($0) })
  }

  func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    ProtobufCBinaryData(len: bytes.count, data: array(bytes))
  }

  /// A structure that is to be pointed to.
  func pointer<T>(_ value: T) -> UnsafeMutablePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
    pointer.initialize(to: value)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  /// A structure as its generated function initializes it.
  func message<T>(_ initialize: (UnsafeMutablePointer<T>?) -> Void, _ fill: (inout T) -> Void)
    -> UnsafeMutablePointer<T>
  {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
    blocks.append(UnsafeMutableRawPointer(pointer))
    initialize(pointer)
    fill(&pointer.pointee)
    return pointer
  }

  /// The encoded form of a message.
  static func packed<T>(_ message: UnsafeMutablePointer<T>) -> [UInt8] {
    // Every generated structure begins with its base.
    let base = UnsafeMutableRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self)
    let count = protobuf_c_message_get_packed_size(base)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = protobuf_c_message_pack(base, buffer.baseAddress)
    }
  }
}
