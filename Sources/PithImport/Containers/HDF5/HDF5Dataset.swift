import PithGraph

/// An array in an HDF5 file, whose elements are read when they are asked for.
struct HDF5Dataset {
  let name: String
  let type: HDF5Datatype
  let shape: [Int]
  private let file: HDF5File
  private let layout: Layout
  private let filters: [HDF5Filter]

  private enum Layout {
    case inline(UnsafeRawBufferPointer)
    case contiguous(address: Int?, byteCount: Int)
    case chunked(index: Int?, chunk: [Int])
  }

  /// - Throws: `GraphError` where the object is not an array, or one that is stored in a way that Keras does not use.
  init(_ object: HDF5Object) throws {
    file = object.file
    name = object.name
    let header = object.header
    guard let space = try header.first(.dataspace), let type = try header.first(.datatype),
      let layout = try header.first(.layout)
    else { throw GraphError("'\(object.name.printable())' is not an array; save the model again") }
    guard try header.first(.externalFiles) == nil else {
      throw GraphError(
        "the elements of '\(object.name.printable())' are in another file, which is not followed; save the model again"
      )
    }
    shape = try HDF5Dataspace.shape(space)
    self.layout = try HDF5Dataset.layout(layout, name: object.name)
    filters = try header.first(.filters).map { try HDF5Filter.pipeline($0, name: object.name) } ?? []
    // A type of Keras's own that h5py knows nothing of: bytes with a note of what they are.
    if case .opaque(2) = try HDF5Datatype(type), try object.attribute("dtype")?.string() == "bfloat16" {
      self.type = .bfloat16
    } else {
      self.type = try HDF5Datatype(type)
    }
  }

  private static func layout(_ message: HDF5Cursor, name: String) throws -> Layout {
    var cursor = message
    let version = try cursor.version(3...4, of: "data layout")
    switch try cursor.int(1) {
    case 0: return .inline(try cursor.take(try cursor.int(2)))
    case 1: return .contiguous(address: try cursor.address(), byteCount: try cursor.int(8))
    case 2 where version == 3:
      let rank = try cursor.int(1)
      guard (1...33).contains(rank) else { throw HDF5File.damage("chunks of \(rank) axes") }
      let index = try cursor.address()
      let sizes = try (0..<rank).map { _ in try cursor.int(4) }
      guard sizes.allSatisfy({ $0 > 0 }) else { throw HDF5File.damage("chunks of sizes \(sizes)") }
      return .chunked(index: index, chunk: Array(sizes.dropLast()))
    case 3:
      throw GraphError(
        "the elements of '\(name.printable())' are in other datasets, which is not followed; save the model again"
      )
    default:
      throw GraphError(
        "the elements of '\(name.printable())' are stored in a way that Keras does not use; save the model again"
      )
    }
  }

  /// The elements as float32.
  func tensor() throws -> Tensor {
    let floats = try withBytes { bytes in
      guard let floats = type.floats(bytes) else {
        throw GraphError(
          "'\(name.printable())' holds \(type.description) instead of numbers; save the model again")
      }
      return floats
    }
    return Tensor(shape: shape, floats: floats)
  }

  /// Calls with the elements in the file's own form.
  private func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let (byteCount, overflow) = (Shape.elementCount(shape) ?? 0).multipliedReportingOverflow(
      by: type.byteCount)
    guard !overflow, type.byteCount > 0 else {
      throw HDF5File.damage("'\(name.printable())' has an impossible size")
    }
    func wrong(_ held: Int) -> GraphError {
      HDF5File.damage(
        "'\(name.printable())' should have \(byteCount) bytes for shape \(shape), but there are \(held)")
    }
    switch layout {
    case .inline(let bytes):
      guard bytes.count >= byteCount else { throw wrong(bytes.count) }
      return try body(UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
    case .contiguous(let address, let held):
      if byteCount == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
      guard let address, held >= byteCount else { throw wrong(address == nil ? 0 : held) }
      try file.spend(byteCount)
      return try body(try file.slice(address, byteCount))
    case .chunked(let index, let chunk):
      guard chunk.count == shape.count else { throw HDF5File.damage("chunks of other axes than the array") }
      if byteCount == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
      guard let index else { throw wrong(0) }
      return try unpack(index, chunk, byteCount).withUnsafeBytes(body)
    }
  }

  /// The array put together from its chunks.
  private func unpack(_ index: Int, _ chunk: [Int], _ byteCount: Int) throws -> [UInt8] {
    let rank = shape.count
    let chunks = try HDF5BTree.leaves(file, at: index, type: 1, keySize: 8 + 8 * (rank + 1))
    let expected = zip(shape, chunk).map { ($0 - 1) / $1 + 1 }
    guard Shape.elementCount(expected) == chunks.count,
      let (chunkSize, overflow) = Shape.elementCount(chunk)?.multipliedReportingOverflow(by: type.byteCount),
      !overflow
    else {
      throw HDF5File.damage("'\(name.printable())' lacks some of its parts")
    }
    // Before anything is allocated: what the chunks are stored in bounds what they can unpack to.
    let (total, overflow2) = chunkSize.multipliedReportingOverflow(by: chunks.count)
    guard !overflow2 else { throw HDF5File.damage("'\(name.printable())' has an impossible size") }
    try file.spend(total)
    try file.spend(byteCount)
    var result = [UInt8](repeating: 0, count: byteCount)
    var seen = Set<[Int]>()
    for leaf in chunks {
      var key = HDF5Cursor(leaf.key)
      let stored = try key.int(4)
      let mask = try key.int(4)
      let origin = try (0..<rank).map { _ in try key.int(8) }
      guard zip(origin, zip(shape, chunk)).allSatisfy({ $0 < $1.0 && $0 % $1.1 == 0 }),
        seen.insert(origin).inserted
      else { throw HDF5File.damage("'\(name.printable())' has a part in a wrong place") }
      let raw = try file.slice(leaf.child, stored)
      let plain = try HDF5Filter.undo(
        filters, skipping: mask, raw, size: chunkSize, elementSize: type.byteCount)
      copy(plain, chunk, to: &result, at: origin)
    }
    return result
  }

  private func copy(_ part: [UInt8], _ chunk: [Int], to result: inout [UInt8], at origin: [Int]) {
    let size = type.byteCount
    let counts = shape.indices.map { Swift.min(chunk[$0], shape[$0] - origin[$0]) }
    let (strides, partStrides) = (Tensor.strides(of: shape), Tensor.strides(of: chunk))
    guard let last = counts.last else {
      result.replaceSubrange(0..<size, with: part.prefix(size))
      return
    }
    var index = [Int](repeating: 0, count: shape.count)
    while true {
      let from = zip(index, partStrides).reduce(0) { $0 + $1.0 * $1.1 } * size
      let to = shape.indices.reduce(0) { $0 + (origin[$1] + index[$1]) * strides[$1] } * size
      result.replaceSubrange(to..<(to + last * size), with: part[from..<(from + last * size)])
      var axis = shape.count - 2
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < counts[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
