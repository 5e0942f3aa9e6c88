import PithGraph

/// A node as the file has it (`NodeDef`); its attributes stay bytes until they are asked for.
struct TFNodeDef {
  var name = ""
  var op = ""
  /// The operands that carry data, as the file names them.
  var inputs: [String] = []
  private var attributes: [String: UnsafeRawBufferPointer] = [:]

  init(_ bytes: UnsafeRawBufferPointer) throws {
    var count = 0
    try WireReader.forEach(in: bytes) { field in
      guard field.encoding == .bytes else { return }
      count += 1
      guard count <= 1 << 16 else {
        throw GraphError("a node has more than \(1 << 16) fields; the file is damaged")
      }
      switch field.number {
      case 1: name = field.text
      case 2: op = field.text
      case 3:
        // What begins so only has to be done before.
        if field.payload.first != UInt8(ascii: "^") { inputs.append(field.text) }
      case 5:
        let entry = try WireReader.entry(field.payload)
        if let value = entry.value, value.encoding == .bytes { attributes[entry.key] = value.payload }
      default: break
      }
    }
  }

  /// An attribute that is not there has its default value: files leave those out.
  private func field(_ name: String, _ number: Int, _ kind: String) throws -> WireReader.Field? {
    guard let bytes = attributes[name] else { return nil }
    var found: WireReader.Field?
    var hasOther = false
    try WireReader.forEach(in: bytes) { if $0.number == number { found = $0 } else { hasOther = true } }
    guard !hasOther || found != nil else {
      throw GraphError("attribute '\(name)' must be \(kind); the file is damaged")
    }
    return found
  }

  func hasAttribute(_ name: String) -> Bool { attributes[name] != nil }

  func int(_ name: String) throws -> Int? { try field(name, 3, "an integer")?.int }
  func float(_ name: String) throws -> Float? { try field(name, 4, "a number")?.float }
  func flag(_ name: String) throws -> Bool? { try field(name, 5, "true or false")?.flag }
  func string(_ name: String) throws -> String? { try field(name, 2, "text")?.text }
  func type(_ name: String) throws -> TFDataType? {
    try field(name, 6, "a type").map { try TFDataType(number: $0.int) }
  }
  func tensor(_ name: String) throws -> TFTensor? {
    try field(name, 8, "a tensor").map { try TFTensor($0.payload) }
  }
  func shape(_ name: String) throws -> TFShape? {
    try field(name, 7, "a shape").map { try TFShape($0.payload) }
  }

  /// The name of the function that an attribute refers to.
  func function(_ name: String) throws -> String? {
    guard let field = try field(name, 10, "a function") else { return nil }
    var function = ""
    try WireReader.forEach(in: field.payload) {
      if $0.number == 1, $0.encoding == .bytes { function = $0.text }
    }
    return function
  }

  func ints(_ name: String) throws -> [Int]? {
    guard let list = try field(name, 1, "a list") else { return nil }
    var values: [Int] = []
    try WireReader.forEach(in: list.payload) { if $0.number == 3 { values += try $0.ints(limit: 4096) } }
    return values
  }
}
