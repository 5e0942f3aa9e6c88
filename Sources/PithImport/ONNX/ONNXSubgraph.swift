import PithGraph

/// The body of a control flow operator, which stood in an attribute.
final class ONNXSubgraph {
  /// A copy, as the attribute's message goes away.
  private let memory: UnsafeMutableRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    memory.copyMemory(from: bytes)
  }

  deinit { memory.deallocate() }

  /// Its parts, which live as long as this does.
  func parts() throws -> ONNXGraphMessage { try ONNXGraphMessage(UnsafeRawBufferPointer(memory)) }

  /// The names that the nodes in a graph's message read and that it does not define itself: they come from around it.
  static func captures(_ bytes: UnsafeRawBufferPointer, depth: Int = 0) throws -> Set<String> {
    guard depth < ONNXLimits.nesting else {
      throw GraphError("subgraphs are nested more than \(ONNXLimits.nesting) deep")
    }
    var (read, defined) = (Set<String>(), Set<String>())
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      guard field.encoding == .bytes else { continue }
      switch field.number {
      case 1: try captures(ofNode: field.payload, &read, &defined, depth)
      case 5: defined.insert(try text(8, of: field.payload))
      case 11: defined.insert(try text(1, of: field.payload))
      case 12: read.insert(try text(1, of: field.payload))
      default: break
      }
    }
    return read.subtracting(defined).subtracting([""])
  }

  private static func captures(
    ofNode bytes: UnsafeRawBufferPointer, _ read: inout Set<String>, _ defined: inout Set<String>,
    _ depth: Int
  ) throws {
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (1, .bytes): read.insert(String(decoding: field.payload, as: UTF8.self))
      case (2, .bytes): defined.insert(String(decoding: field.payload, as: UTF8.self))
      case (5, .bytes):
        var attribute = WireReader(field.payload)
        while let part = try attribute.next() {
          if part.encoding == .bytes, part.number == 6 || part.number == 11 {
            read.formUnion(try captures(part.payload, depth: depth + 1))
          }
        }
      default: break
      }
    }
  }

  /// The text of one field of a message.
  private static func text(_ number: Int, of bytes: UnsafeRawBufferPointer) throws -> String {
    var result = ""
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      if field.number == number, field.encoding == .bytes {
        result = String(decoding: field.payload, as: UTF8.self)
      }
    }
    return result
  }
}
