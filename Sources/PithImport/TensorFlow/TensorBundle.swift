import PithGraph

/// The tensors of a checkpoint (`variables.index` and `variables.data-…`), each read when it is asked for.
///
/// Format: `tensorflow/core/protobuf/tensor_bundle.proto`.
final class TensorBundle {
  /// What the index says of a tensor.
  private struct Entry {
    var type = 0
    var shape: UnsafeRawBufferPointer?
    var shard = 0
    var offset = 0
    var count = 0
    var checksum: UInt32?
    var isSliced = false
  }

  private let folder: any ModelFolder
  private let options: SavedModelImporter.Options
  private let prefix: String
  private var messages: [String: UnsafeRawBufferPointer] = [:]
  private var shardCount = 1
  /// Keeps the bytes of the index.
  private let index: FileBytes?
  private var byteCount = 0

  /// - Parameter prefix: the files' name within the folder, as in `variables/variables`.
  /// - Throws: `GraphError` where the index is damaged.
  init(_ folder: any ModelFolder, prefix: String, options: SavedModelImporter.Options) throws {
    self.folder = folder
    self.options = options
    self.prefix = prefix
    index = try folder.contents(of: "\(prefix).index")
    guard let index else { return }
    do {
      var hasHeader = false
      for entry in try SortedTable(index.raw, verifiesChecksums: options.verifiesChecksums).entries {
        if entry.key.isEmpty {
          try readHeader(entry.value)
          hasHeader = true
        } else {
          messages[String(decoding: entry.key, as: UTF8.self)] = entry.value
        }
      }
      guard hasHeader else { throw GraphError("it has no header; copy or export it again") }
    } catch let error as GraphError {
      throw GraphError("'\(prefix).index': \(error.message)")
    }
  }

  /// The names of all tensors, sorted.
  var names: [String] { messages.keys.sorted() }

  func has(_ name: String) -> Bool { messages[name] != nil }

  private func readHeader(_ bytes: UnsafeRawBufferPointer) throws {
    try WireReader.forEach(in: bytes) { field in
      switch (field.number, field.encoding) {
      case (1, .varint): shardCount = field.int
      case (2, .varint):
        guard field.int == 0 else {
          throw GraphError("it was written on a big-endian machine, which is not supported")
        }
      default: break
      }
    }
    guard (0...99_999).contains(shardCount) else {
      throw GraphError("it has \(shardCount) parts; it is damaged")
    }
  }

  private func entry(_ name: String) throws -> Entry {
    guard let message = messages[name] else { throw GraphError("'\(prefix).index' does not list it") }
    var entry = Entry()
    try WireReader.forEach(in: message) { field in
      switch (field.number, field.encoding) {
      case (1, .varint): entry.type = field.int
      case (2, .bytes): entry.shape = field.payload
      case (3, .varint): entry.shard = field.int
      case (4, .varint): entry.offset = field.int
      case (5, .varint): entry.count = field.int
      case (6, .fixed32): entry.checksum = UInt32(truncatingIfNeeded: field.bits)
      case (7, .bytes): entry.isSliced = true
      default: break
      }
    }
    guard !entry.isSliced else {
      throw GraphError(
        "it is stored in slices, which is not supported; save the model without partitioned variables")
    }
    guard entry.offset >= 0, entry.count >= 0, (0..<Swift.max(1, shardCount)).contains(entry.shard) else {
      throw GraphError("its place in the file is impossible; '\(prefix).index' is damaged")
    }
    return entry
  }

  /// Reads a tensor of numbers.
  /// - Throws: `GraphError` where it is not there, damaged, of an unsupported type or beyond the limit.
  func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    let type = try TFDataType(number: entry.type)
    _ = try type.supported()
    let shape = try entry.shape.map { try TFShape($0).known() } ?? []
    guard let count = Shape.elementCount(shape), count <= ImportLimits.elements,
      let width = type.storedByteCount
    else { throw GraphError("its shape \(shape) is more than \(ImportLimits.elements) elements") }
    guard entry.count == count * width else {
      throw GraphError("its shape \(shape) needs \(count * width) bytes, but it has \(entry.count)")
    }
    // What it takes here, of which 2-byte integers take the most.
    let needed = count * Swift.max(width, (try type.supported()).byteCount)
    guard needed <= options.maximumWeightBytes - byteCount else {
      throw GraphError(
        "its shape \(shape) takes the weights beyond the limit of \(options.maximumWeightBytes) bytes")
    }
    byteCount += needed
    let bytes = try bytes(entry)
    return Tensor(shape: shape, storage: try TFElements.storage(type, count, bytes.raw))
  }

  /// Reads a tensor of one text.
  /// - Throws: `GraphError` where it is not there, damaged or no text.
  func text(_ name: String) throws -> FileBytes {
    let entry = try entry(name)
    guard try TFDataType(number: entry.type) == .string, entry.count <= 1 << 30 else {
      throw GraphError("it is not one text")
    }
    return try bytes(entry, isText: true)
  }

  private func bytes(_ entry: Entry, isText: Bool = false) throws -> FileBytes {
    let name = "\(prefix).data-\(TensorBundle.padded(entry.shard))-of-\(TensorBundle.padded(shardCount))"
    let bytes = try folder.contents(of: name, offset: entry.offset, count: entry.count)
    // The check of texts is over more than their bytes, and nothing that is computed depends on one.
    if options.verifiesChecksums, !isText, let checksum = entry.checksum {
      guard CRC32C.masked(CRC32C.value(bytes.raw)) == checksum else {
        throw GraphError("its checksum is wrong: '\(name)' is damaged; copy or export the model again")
      }
    }
    return bytes
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: Swift.max(0, 5 - digits.count)) + digits
  }
}
