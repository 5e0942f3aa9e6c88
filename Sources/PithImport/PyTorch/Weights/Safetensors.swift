import PithGraph

/// Reads `.safetensors` files: a length, a JSON header, and the tensors' bytes one after the other.
///
/// Format: https://github.com/huggingface/safetensors, "Format". What it forbids, as holes and overlaps, is refused.
enum Safetensors {
  private enum Header {
    /// Of a tensor; `__metadata__` has none of these.
    struct Entry: Decodable {
      var dtype: String?
      var shape: [Int]?
      var dataOffsets: [Int]?
    }
  }

  private static let types: [String: TorchScalarType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32,
    "I16": .int16, "I8": .int8, "U8": .uint8, "BOOL": .bool, "U16": .uint16, "U32": .uint32, "U64": .uint64,
  ]

  /// Bytes that the header may have.
  static let headerLimit = 16 << 20

  /// Whether a file begins as such files do: a plausible length, then a JSON object.
  static func begins(_ head: [UInt8]) -> Bool {
    guard head.count > 8, head[8] == UInt8(ascii: "{") else { return false }
    let length = head[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(headerLimit)
  }

  /// The tensors of a file.
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - owner: an object that keeps `bytes` alive.
  /// - Throws: `GraphError` where the header is damaged or does not describe the bytes that follow it.
  static func read(_ bytes: UnsafeRawBufferPointer, owner: AnyObject? = nil) throws -> TorchWeights {
    guard bytes.count >= 8 else { throw GraphError("it is cut short; copy the file again") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(headerLimit), Int(length) <= bytes.count - 8 else {
      throw GraphError("its header claims \(length) bytes, but the file has \(bytes.count); it is damaged")
    }
    let header = Array(bytes[8..<(8 + Int(length))])
    let listed = try TorchJSON.decode([String: Header.Entry].self, header, "its header")
    let data = UnsafeRawBufferPointer(rebasing: bytes[(8 + Int(length))...])
    var entries: [String: TorchWeights.Entry] = [:]
    var ranges: [String: Range<Int>] = [:]
    for (name, entry) in listed where name != "__metadata__" {
      do {
        (entries[name], ranges[name]) = try read(entry, name, size: data.count)
      } catch let error as GraphError {
        throw GraphError("tensor '\(name.printable())': \(error.message)")
      }
    }
    var end = 0
    for (name, range) in ranges.sorted(by: {
      ($0.value.lowerBound, $0.value.upperBound) < ($1.value.lowerBound, $1.value.upperBound)
    }) {
      guard range.lowerBound == end else {
        throw GraphError(
          "tensor '\(name.printable())' \(range.lowerBound < end ? "overlaps another" : "leaves a gap before it"); the file is damaged"
        )
      }
      end = range.upperBound
    }
    guard end == data.count else {
      throw GraphError("its tensors take \(end) bytes, but \(data.count) are there; the file is damaged")
    }
    return TorchWeights(entries) { name in
      try withExtendedLifetime(owner) {
        guard let range = ranges[name] else { throw GraphError("it is missing") }
        return Array(data[range])
      }
    }
  }

  private static func read(
    _ entry: Header.Entry, _ name: String, size: Int
  ) throws -> (TorchWeights.Entry, Range<Int>) {
    guard let text = entry.dtype, let shape = entry.shape, let offsets = entry.dataOffsets, offsets.count == 2
    else {
      throw GraphError("it lacks dtype, shape or data_offsets; the file is damaged")
    }
    guard let type = types[text] else {
      throw GraphError("elements of type \(text.printable()) are not supported; save the model in float32")
    }
    guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= size else {
      throw GraphError(
        "its bytes \(offsets[0]) to \(offsets[1]) are not in the file, which is damaged or cut short")
    }
    let layout = TorchLayout(type: type, sizes: shape)
    let (bytes, overflow) = try layout.elementCount().multipliedReportingOverflow(by: type.byteCount)
    guard !overflow, bytes == offsets[1] - offsets[0] else {
      throw GraphError(
        "its shape \(shape) does not fit its \(offsets[1] - offsets[0]) bytes; the file is damaged")
    }
    return (TorchWeights.Entry(storage: name, layout: layout), offsets[0]..<offsets[1])
  }
}
