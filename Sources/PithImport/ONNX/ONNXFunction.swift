import PithGraph

/// A function that a model brings along (`FunctionProto`): its nodes take the place of each of its calls.
struct ONNXFunction {
  /// What calls name it by.
  struct Key: Hashable {
    var domain: String
    var name: String
    var overload: String
  }

  private(set) var key = Key(domain: "", name: "", overload: "")
  private(set) var inputs: [String] = []
  private(set) var outputs: [String] = []
  private(set) var nodes: [UnsafeRawBufferPointer] = []
  /// Attributes that calls may leave out.
  private(set) var defaults: [UnsafeRawBufferPointer] = []
  /// The version of the standard's operators that its nodes use; nil: the model's.
  private(set) var opset: Int?

  /// Cuts a message, which must outlive the result.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      guard field.encoding == .bytes else { continue }
      func text() -> String { String(decoding: field.payload, as: UTF8.self) }
      switch field.number {
      case 1: key.name = text()
      case 4: inputs.append(text())
      case 5: outputs.append(text())
      case 7: nodes.append(field.payload)
      case 9: try readOpset(field.payload)
      case 10: key.domain = text()
      case 11: defaults.append(field.payload)
      case 13: key.overload = text()
      default: break
      }
    }
    guard inputs.count <= ONNXLimits.nodeFields, outputs.count <= ONNXLimits.nodeFields else {
      throw GraphError("function '\(key.name.printable())' has too many operands; the file is damaged")
    }
  }

  private mutating func readOpset(_ bytes: UnsafeRawBufferPointer) throws {
    var (domain, version) = ("", 0)
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (1, .bytes): domain = String(decoding: field.payload, as: UTF8.self)
      case (2, .varint): version = field.integer
      default: break
      }
    }
    if ONNXNode.isDefault(domain: domain) { opset = version }
  }
}
