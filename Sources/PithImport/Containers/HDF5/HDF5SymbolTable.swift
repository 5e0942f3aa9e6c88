import PithGraph

/// Groups as HDF5 wrote them first: a B-tree over nodes of names, which lie in a heap.
enum HDF5SymbolTable {
  static func links(_ file: HDF5File, tree: Int, heap: Int) throws -> [String: HDF5Link] {
    var names = try file.structure(heap, 32)
    try names.signature("HEAP")
    _ = try names.version(0...0, of: "local heap")
    try names.skip(3)
    let size = try names.int(8)
    try names.skip(8)
    guard let address = try names.address() else { throw HDF5File.damage("a group has no names") }
    let heap = try file.slice(address, size)
    var links: [String: HDF5Link] = [:]
    for node in try HDF5BTree.leaves(file, at: tree, type: 0, keySize: 8) {
      try read(file, at: node.child, heap, into: &links)
    }
    return links
  }

  private static func read(
    _ file: HDF5File, at address: Int, _ heap: UnsafeRawBufferPointer, into links: inout [String: HDF5Link]
  ) throws {
    var head = try file.structure(address, 8)
    try head.signature("SNOD")
    _ = try head.version(1...1, of: "symbol table node")
    try head.skip(1)
    let count = try head.int(2)
    var entries = try file.structure(address + 8, 40 * count)
    for _ in 0..<count {
      let place = try entries.int(8)
      let header = try entries.address()
      let kind = try entries.int(4)
      try entries.skip(20)
      guard place < heap.count else { throw HDF5File.damage("a name is not among the names") }
      let text = heap[place...].prefix { $0 != 0 }
      try file.spend(text.count)
      let name = String(decoding: text, as: UTF8.self)
      if kind == 2 {
        links[name] = .soft
      } else if let header {
        links[name] = .object(header)
      }
    }
  }
}

/// A B-tree of version 1.
enum HDF5BTree {
  struct Leaf {
    var key: UnsafeRawBufferPointer
    var child: Int
  }

  /// The entries of all nodes at level 0, in order.
  /// - Parameter type: 0 for groups, 1 for chunks of datasets.
  static func leaves(_ file: HDF5File, at root: Int, type: Int, keySize: Int) throws -> [Leaf] {
    var leaves: [Leaf] = []
    // Children have a lower level than their parent, so that there are no cycles; the stack is in reverse order.
    var waiting: [(address: Int, level: Int?)] = [(root, nil)]
    while let (address, expected) = waiting.popLast() {
      var head = try file.structure(address, 24)
      try head.signature("TREE")
      guard try head.int(1) == type else { throw HDF5File.damage("an index is of the wrong kind") }
      let level = try head.int(1)
      guard expected == nil || expected == level else { throw HDF5File.damage("an index has no bottom") }
      let count = try head.int(2)
      var entries = try file.structure(address + 24, count * (keySize + 8) + keySize)
      var children: [(Int, Int?)] = []
      for _ in 0..<count {
        let key = try entries.take(keySize)
        guard let child = try entries.address() else { throw HDF5File.damage("an index leads nowhere") }
        if level == 0 {
          leaves.append(Leaf(key: key, child: child))
        } else {
          children.append((child, level - 1))
        }
      }
      waiting += children.reversed()
    }
    return leaves
  }
}
