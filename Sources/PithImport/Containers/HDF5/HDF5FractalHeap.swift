import PithGraph

/// The heap that dense links and attributes lie in, with the B-tree of version 2 that lists them.
struct HDF5FractalHeap {
  private let file: HDF5File
  private let identifierSize: Int
  private let blockOffsetSize: Int
  private let lengthSize: Int
  private let width: Int
  private let startingSize: Int
  private let maximumDirectSize: Int
  private let root: Int?
  private let rootRows: Int

  init(_ file: HDF5File, at address: Int) throws {
    self.file = file
    var cursor = try file.structure(address, 146)
    try cursor.signature("FRHP")
    _ = try cursor.version(0...0, of: "fractal heap")
    identifierSize = try cursor.int(2)
    let filterLength = try cursor.int(2)
    try cursor.skip(1)
    let maximumManaged = try cursor.int(4)
    try cursor.skip(96)
    width = try cursor.int(2)
    startingSize = try cursor.int(8)
    maximumDirectSize = try cursor.int(8)
    let maximumHeapBits = try cursor.int(2)
    try cursor.skip(2)
    root = try cursor.address()
    rootRows = try cursor.int(2)
    guard filterLength == 0 else {
      throw GraphError("its HDF5 names are compressed, which Keras does not do; save the model again")
    }
    guard (1...1024).contains(width), (1...64).contains(maximumHeapBits), identifierSize >= 1,
      startingSize > 0, startingSize & (startingSize - 1) == 0,
      maximumDirectSize >= startingSize, maximumDirectSize <= 1 << 40,
      maximumDirectSize & (maximumDirectSize - 1) == 0
    else { throw HDF5File.damage("a heap has impossible sizes") }
    blockOffsetSize = (maximumHeapBits + 7) / 8
    let bits = Swift.max(1, maximumManaged).logarithm
    lengthSize = Swift.min((maximumDirectSize.logarithm + 7) / 8, bits / 8 + 1)
  }

  /// The objects that an index lists.
  /// - Parameter type: 5 for links by name, 8 for attributes by name.
  func objects(index: Int, type: Int) throws -> [UnsafeRawBufferPointer] {
    let skipped = type == 5 ? 4 : 0
    return try HDF5BTree2.records(file, at: index, type: type).map { record in
      var cursor = HDF5Cursor(record)
      try cursor.skip(skipped)
      return try object(HDF5Cursor(try cursor.take(identifierSize)))
    }
  }

  private func object(_ identifier: HDF5Cursor) throws -> UnsafeRawBufferPointer {
    var cursor = identifier
    let head = try cursor.int(1)
    switch head >> 4 & 3 {
    case 0:
      let offset = try cursor.int(blockOffsetSize)
      let length = try cursor.int(lengthSize)
      return try managed(offset, length)
    case 2: return try cursor.take((head & 15) + 1)
    default: throw GraphError("its HDF5 data holds an attribute of unusual size; save the model as .keras")
    }
  }

  /// The bytes at an offset of the heap's own address space.
  private func managed(_ offset: Int, _ length: Int) throws -> UnsafeRawBufferPointer {
    guard var block = root else { throw HDF5File.damage("a heap is empty") }
    guard rootRows > 0 else { return try direct(block, size: startingSize, offset, length) }
    var rows = rootRows
    var offset = offset
    // Each indirect block is at most half of its parent, so this ends.
    for _ in 0..<64 {
      let directRows = (maximumDirectSize / startingSize).trailingZeroBitCount + 2
      guard rows <= 64 else { throw HDF5File.damage("a heap has impossible sizes") }
      var row = 0
      var start = 0
      var size = startingSize
      while true {
        let (extent, overflow) = size.multipliedReportingOverflow(by: width)
        guard row < rows, !overflow else { throw HDF5File.damage("an object lies outside of its heap") }
        if offset - start < extent { break }
        start += extent
        row += 1
        if row > 1 { size *= 2 }
        guard size < 1 << 48, start < 1 << 60 else { throw HDF5File.damage("a heap has impossible sizes") }
      }
      let column = (offset - start) / size
      let entry = row * width + column
      var cursor = try file.structure(block, 13 + blockOffsetSize + 8 * (entry + 1))
      try cursor.signature("FHIB")
      _ = try cursor.version(0...0, of: "heap block")
      try cursor.skip(8 + blockOffsetSize + 8 * entry)
      guard let child = try cursor.address() else { throw HDF5File.damage("an object lies in no block") }
      offset = offset - start - column * size
      if row < directRows { return try direct(child, size: size, offset, length) }
      // As many rows as make up its size.
      rows = (size / (startingSize * width)).trailingZeroBitCount + 1
      guard size >= startingSize * width else { throw HDF5File.damage("a heap has impossible sizes") }
      block = child
    }
    throw HDF5File.damage("a heap has no bottom")
  }

  private func direct(_ address: Int, size: Int, _ offset: Int, _ length: Int) throws
    -> UnsafeRawBufferPointer
  {
    guard offset >= 0, length >= 0, offset <= size, length <= size - offset else {
      throw HDF5File.damage("an object lies outside of its heap")
    }
    var head = try file.structure(address, 5)
    try head.signature("FHDB")
    _ = try head.version(0...0, of: "heap block")
    try file.spend(length)
    return HDF5Cursor(try file.slice(address, size)).bytes.slice(offset, length)
  }
}

extension Int {
  /// Rounded down, of a positive number, to base 2.
  fileprivate var logarithm: Int { Int.bitWidth - 1 - leadingZeroBitCount }
}

extension UnsafeRawBufferPointer {
  /// - Precondition: the range is inside.
  fileprivate func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[offset..<(offset + count)])
  }
}

/// A B-tree of version 2.
enum HDF5BTree2 {
  /// All records, in order of the nodes.
  static func records(_ file: HDF5File, at address: Int, type: Int) throws -> [UnsafeRawBufferPointer] {
    var header = try file.structure(address, 38)
    try header.signature("BTHD")
    _ = try header.version(0...0, of: "B-tree")
    guard try header.int(1) == type else { throw HDF5File.damage("an index is of the wrong kind") }
    let nodeSize = try header.int(4)
    let recordSize = try header.int(2)
    let depth = try header.int(2)
    try header.skip(2)
    guard let root = try header.address() else { return [] }
    let rootCount = try header.int(2)
    guard recordSize > 0, nodeSize > 10 + recordSize, depth <= 16 else {
      throw HDF5File.damage("an index has impossible sizes")
    }

    // How many records fit a node of each level, and in how many bytes that is counted.
    let leafLimit = (nodeSize - 10) / recordSize
    let countSize = bytes(leafLimit)
    var totalLimit = leafLimit
    var totalSizes = [0]
    for level in stride(from: 1, through: depth, by: 1) {
      let pointer = 8 + countSize + (level > 1 ? totalSizes[level - 1] : 0)
      let limit = Swift.max(1, (nodeSize - 10 - pointer) / (recordSize + pointer))
      let (below, overflow) = (limit + 1).multipliedReportingOverflow(by: totalLimit)
      let (total, overflow2) = below.addingReportingOverflow(limit)
      guard !overflow, !overflow2 else { throw HDF5File.damage("an index has impossible sizes") }
      totalLimit = total
      totalSizes.append(bytes(total))
    }

    var records: [UnsafeRawBufferPointer] = []
    var waiting = [(address: root, count: rootCount, level: depth)]
    while let (address, count, level) = waiting.popLast() {
      var node = try file.structure(address, nodeSize)
      try node.signature(level == 0 ? "BTLF" : "BTIN")
      _ = try node.version(0...0, of: "B-tree")
      guard try node.int(1) == type else { throw HDF5File.damage("an index is of the wrong kind") }
      for _ in 0..<count { records.append(try node.take(recordSize)) }
      guard level > 0 else { continue }
      for _ in 0...count {
        guard let child = try node.address() else { throw HDF5File.damage("an index leads nowhere") }
        let childCount = try node.int(countSize)
        if level > 1 { try node.skip(totalSizes[level - 1]) }
        waiting.append((child, childCount, level - 1))
      }
    }
    return records
  }

  private static func bytes(_ limit: Int) -> Int { Swift.max(1, limit).logarithm / 8 + 1 }
}
