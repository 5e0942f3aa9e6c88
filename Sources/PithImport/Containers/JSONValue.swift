import PithGraph

/// A value of JSON as Python writes it: besides the standard's, `NaN`, `Infinity` and `-Infinity` are numbers.
///
/// A parser of our own since Foundation's refuses these three, which Python's `json` writes for weights and bounds. Nesting
/// is bounded, so that no file can exhaust the stack. RFC 8259.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Levels of arrays and objects: far more than any configuration has.
  static let maximumDepth = 128
  /// Values, which take far more memory than their text.
  static let maximumCount = 1 << 19

  /// - Throws: `GraphError` that names the place of what is not JSON.
  init(json bytes: [UInt8]) throws {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  // MARK: Looking

  /// The value of a key; nil where this is no object, the key is not there or its value is null.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self, let value = members[key], value != .null else { return nil }
    return value
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

  /// The number, where it is a whole one.
  var int: Int? { number.flatMap { Int(exactly: $0) } }

  /// What messages call it.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  private var offset = 0
  private var count = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw failure("there is more behind its end") }
    return value
  }

  private func failure(_ what: String) -> GraphError {
    GraphError("its JSON cannot be read at byte \(offset): \(what); save the model again")
  }

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[offset]) { offset += 1 }
  }

  /// The next byte that is no space, which is consumed where it is the wanted one.
  private mutating func next(_ wanted: UInt8) -> Bool {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == wanted else { return false }
    offset += 1
    return true
  }

  private mutating func literal(_ text: String, _ value: JSONValue) throws -> JSONValue {
    guard bytes[offset...].starts(with: text.utf8) else { throw failure("a value is missing") }
    offset += text.utf8.count
    return value
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth <= JSONValue.maximumDepth else {
      throw failure("it is nested deeper than \(JSONValue.maximumDepth) levels")
    }
    count += 1
    guard count <= JSONValue.maximumCount else {
      throw failure("it has more than \(JSONValue.maximumCount) values")
    }
    skipSpace()
    guard offset < bytes.count else { throw failure("it ends early") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "N"): return try literal("NaN", .number(.nan))
    case UInt8(ascii: "I"): return try literal("Infinity", .number(.infinity))
    default: return try number()
    }
  }

  private mutating func object(_ depth: Int) throws -> JSONValue {
    offset += 1
    var members: [String: JSONValue] = [:]
    if next(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
        throw failure("a key is missing")
      }
      let key = try string()
      guard next(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
      members[key] = try value(depth: depth + 1)
    } while next(UInt8(ascii: ","))
    guard next(UInt8(ascii: "}")) else { throw failure("an object does not end") }
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws -> JSONValue {
    offset += 1
    var values: [JSONValue] = []
    if next(UInt8(ascii: "]")) { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while next(UInt8(ascii: ","))
    guard next(UInt8(ascii: "]")) else { throw failure("a list does not end") }
    return .array(values)
  }

  private mutating func number() throws -> JSONValue {
    if bytes[offset...].starts(with: "-Infinity".utf8) {
      return try literal("-Infinity", .number(-.infinity))
    }
    let start = offset
    while offset < bytes.count, isNumeric(bytes[offset]) { offset += 1 }
    guard let value = Double(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
      offset = start
      throw failure("a value is missing")
    }
    return .number(value)
  }

  private func isNumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
  }

  private mutating func string() throws -> String {
    offset += 1
    var text: [UInt8] = []
    while true {
      guard offset < bytes.count else { throw failure("a string does not end") }
      let byte = bytes[offset]
      offset += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard offset < bytes.count else { throw failure("a string does not end") }
      let escape = bytes[offset]
      offset += 1
      switch escape {
      case UInt8(ascii: "n"): text.append(0x0a)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "r"): text.append(0x0d)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0c)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
      case UInt8(ascii: "u"): text += String(try escapedScalar()).utf8
      default: throw failure("a string has an unknown escape")
      }
    }
  }

  /// What follows `\u`: a scalar, or the two halves of one; a lone half becomes the replacement character.
  private mutating func escapedScalar() throws -> Character {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    guard (0xd800..<0xdc00).contains(first), bytes[offset...].starts(with: "\\u".utf8) else {
      return "\u{fffd}"
    }
    offset += 2
    let second = try hexadecimal()
    guard (0xdc00..<0xe000).contains(second) else { return "\u{fffd}" }
    let joined = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
    return Unicode.Scalar(joined).map(Character.init) ?? "\u{fffd}"
  }

  private mutating func hexadecimal() throws -> UInt16 {
    guard bytes.count - offset >= 4,
      let value = UInt16(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16)
    else { throw failure("a string has an unknown escape") }
    offset += 4
    return value
  }
}
