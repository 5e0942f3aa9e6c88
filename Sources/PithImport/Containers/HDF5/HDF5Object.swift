import PithGraph

/// A group or a dataset.
struct HDF5Object {
  let file: HDF5File
  let address: Int
  /// Its path, for messages.
  let name: String
  let header: HDF5ObjectHeader

  init(_ file: HDF5File, at address: Int, name: String) throws {
    self.file = file
    self.address = address
    self.name = name
    header = try HDF5ObjectHeader(file, at: address)
  }

  // MARK: Groups

  /// The names in a group, sorted; none where it is a dataset.
  func names() throws -> [String] { try file.links(of: self).keys.sorted() }

  /// What a name of the group stands for; nil where there is none.
  func child(_ name: String) throws -> HDF5Object? {
    guard let link = try file.links(of: self)[name] else { return nil }
    let path = self.name == "/" ? "/\(name)" : "\(self.name)/\(name)"
    switch link {
    case .object(let address): return try HDF5Object(file, at: address, name: path)
    case .soft, .external:
      throw GraphError(
        "'\(path.printable())' is \(link.isExternal ? "a link into another file" : "a soft link"), which is not followed; save the model again"
      )
    }
  }

  /// The object at a path such as `a/b/c` below the group; nil where there is none.
  func descendant(_ path: String) throws -> HDF5Object? {
    var object = self
    for part in path.split(separator: "/") {
      guard let next = try object.child(String(part)) else { return nil }
      object = next
    }
    return object
  }

  /// For `HDF5File.links(of:)` only.
  func readLinks() throws -> [String: HDF5Link] {
    if var table = try header.first(.symbolTable) {
      guard let tree = try table.address(), let heap = try table.address() else { return [:] }
      return try HDF5SymbolTable.links(file, tree: tree, heap: heap)
    }
    var links: [String: HDF5Link] = [:]
    for message in header.messages where message.kind == .link {
      let (name, link) = try HDF5Object.link(HDF5Cursor(message.body))
      links[name] = link
    }
    if var info = try header.first(.linkInfo) {
      _ = try info.version(0...0, of: "link information")
      if try info.int(1) & 1 != 0 { try info.skip(8) }
      if let heap = try info.address(), let index = try info.address() {
        for body in try HDF5FractalHeap(file, at: heap).objects(index: index, type: 5) {
          let (name, link) = try HDF5Object.link(HDF5Cursor(body))
          links[name] = link
        }
      }
    }
    return links
  }

  private static func link(_ message: HDF5Cursor) throws -> (String, HDF5Link) {
    var cursor = message
    _ = try cursor.version(1...1, of: "link")
    let flags = try cursor.int(1)
    let type = flags & 8 != 0 ? try cursor.int(1) : 0
    if flags & 4 != 0 { try cursor.skip(8) }
    if flags & 16 != 0 { try cursor.skip(1) }
    let length = try cursor.int(1 << (flags & 3))
    let name = String(decoding: try cursor.take(length), as: UTF8.self)
    switch type {
    case 0:
      guard let address = try cursor.address() else { throw HDF5File.damage("a link leads nowhere") }
      return (name, .object(address))
    case 1: return (name, .soft)
    default: return (name, .external)
    }
  }

  // MARK: Attributes

  /// The attribute of that name; nil where there is none.
  func attribute(_ name: String) throws -> HDF5Attribute? {
    for message in header.messages where message.kind == .attribute {
      let attribute = try HDF5Attribute(file, message)
      if attribute.name == name { return attribute }
    }
    guard var info = try header.first(.attributeInfo) else { return nil }
    _ = try info.version(0...0, of: "attribute information")
    if try info.int(1) & 1 != 0 { try info.skip(2) }
    guard let heap = try info.address(), let index = try info.address() else { return nil }
    for body in try HDF5FractalHeap(file, at: heap).objects(index: index, type: 8) {
      let attribute = try HDF5Attribute(file, .init(kind: .attribute, isShared: false, body: body))
      if attribute.name == name { return attribute }
    }
    return nil
  }
}

extension HDF5Link {
  fileprivate var isExternal: Bool { if case .external = self { true } else { false } }
}
