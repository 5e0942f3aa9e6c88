import PithFiles

/// The header of NumPy's array files, versions 1 to 3: a magic, the version, a length and a Python dictionary
/// of `descr`, `fortran_order` and `shape` (NEP 1).
struct NPYHeader: Equatable {
  var shape: [Int]
  var element: ElementFormat
  var bigEndian: Bool
  var columnMajor: Bool

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header at the front of `stream`, which then stands at the first element.
  /// - Throws: `FileError` when it is not one, or names a type of element that is not a number.
  init(_ stream: any ByteStream) throws {
    let start = try stream.read(exactly: 8, "the header")
    guard Array(start[..<6]) == NPYHeader.magic else {
      throw FileError(path: stream.name, reason: "not an NPY array; save it with numpy.save")
    }
    guard (1...3).contains(start[6]) else {
      throw FileError(path: stream.name, reason: "NPY version \(start[6]).\(start[7]); save it as 1.0")
    }
    let field = try stream.read(exactly: start[6] == 1 ? 2 : 4, "the header")
    let length = field.reversed().reduce(0) { $0 << 8 | Int($1) }
    // NumPy itself refuses longer headers than 10,000 bytes unless told otherwise.
    guard length <= 1 << 20 else {
      throw FileError(path: stream.name, reason: "its header of \(length) bytes is damaged; copy it again")
    }
    var parser = PythonLiteral(try stream.read(exactly: length, "the header"))
    guard case .dictionary(let fields)? = parser.parse() else {
      throw FileError(path: stream.name, reason: "its header is not a dictionary; it is damaged")
    }
    try self.init(fields, file: stream.name)
  }

  private init(_ fields: [String: PythonLiteral.Value], file: String) throws {
    guard case .sequence(let axes)? = fields["shape"] else {
      throw FileError(path: file, reason: "its header has no 'shape'; it is damaged")
    }
    shape = try axes.map { axis in
      guard case .integer(let extent) = axis, extent >= 0 else {
        throw FileError(
          path: file, reason: "its header has a shape that is not of whole numbers; it is damaged")
      }
      return extent
    }
    guard case .boolean(let order)? = fields["fortran_order"] else {
      throw FileError(path: file, reason: "its header has no 'fortran_order'; it is damaged")
    }
    columnMajor = order
    guard case .string(let type)? = fields["descr"] else {
      throw FileError(
        path: file,
        reason: "holds records of several fields; save one field with numpy.save(FILE, x['FIELD'])")
    }
    guard let element = NPYHeader.element(type) else {
      throw FileError(
        path: file,
        reason: "holds elements of the type '\(type)'; "
          + "save real numbers with numpy.save(FILE, x.astype('float32'))")
    }
    self.element = element
    bigEndian = type.hasPrefix(">") && element.size > 1
  }

  private static func element(_ type: String) -> ElementFormat? {
    guard let order = type.first, "<>|=".contains(order) else { return nil }
    return switch type.dropFirst() {
    case "b1": .bool
    case "u1": .uint8
    case "i1": .int8
    case "u2": .uint16
    case "i2": .int16
    case "u4": .uint32
    case "i4": .int32
    case "u8": .uint64
    case "i8": .int64
    case "f2": .float16
    case "f4": .float32
    case "f8": .float64
    default: nil
    }
  }
}

/// The few Python literals that occur in such a header. Total: any bytes parse or give `nil`.
struct PythonLiteral {
  enum Value: Equatable {
    case string(String)
    case boolean(Bool)
    case integer(Int)
    /// A tuple or a list.
    case sequence([Value])
    case dictionary([String: Value])
  }

  private let bytes: [UInt8]
  private var cursor = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value that the bytes spell, if nothing but white space surrounds it.
  mutating func parse() -> Value? {
    guard let value = value() else { return nil }
    skipSpace()
    return cursor == bytes.count ? value : nil
  }

  private mutating func skipSpace() {
    while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { cursor += 1 }
  }

  private func peek() -> UInt8? { cursor < bytes.count ? bytes[cursor] : nil }

  /// Steps over `character`, after white space, if it is the next one.
  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard peek() == character.asciiValue else { return false }
    cursor += 1
    return true
  }

  private mutating func value() -> Value? {
    depth += 1
    defer { depth -= 1 }
    // A header nests twice; the limit keeps a hostile one from using up the stack.
    guard depth < 16 else { return nil }
    if take("{") { return dictionary() }
    if take("(") { return sequence(until: ")") }
    if take("[") { return sequence(until: "]") }
    if take("'") { return string(until: "'").map(Value.string) }
    if take("\"") { return string(until: "\"").map(Value.string) }
    return word()
  }

  private mutating func dictionary() -> Value? {
    var fields: [String: Value] = [:]
    while !take("}") {
      guard case .string(let key)? = value(), take(":"), let value = value() else { return nil }
      fields[key] = value
      if take(",") { continue }
      return take("}") ? .dictionary(fields) : nil
    }
    return .dictionary(fields)
  }

  private mutating func sequence(until end: Character) -> Value? {
    var values: [Value] = []
    while !take(end) {
      guard let value = value() else { return nil }
      values.append(value)
      if take(",") { continue }
      return take(end) ? .sequence(values) : nil
    }
    return .sequence(values)
  }

  private mutating func string(until quote: Character) -> String? {
    let start = cursor
    while let byte = peek(), byte != quote.asciiValue, byte != UInt8(ascii: "\\") { cursor += 1 }
    guard peek() == quote.asciiValue else { return nil }
    defer { cursor += 1 }
    return String(decoding: bytes[start..<cursor], as: UTF8.self)
  }

  private mutating func word() -> Value? {
    let start = cursor
    while let byte = peek(), byte == UInt8(ascii: "-") || Character(UnicodeScalar(byte)).isLetterOrDigit {
      cursor += 1
    }
    var word = String(decoding: bytes[start..<cursor], as: UTF8.self)
    if word == "True" || word == "False" { return .boolean(word == "True") }
    // Python 2 wrote 3L.
    if word.hasSuffix("L") { word.removeLast() }
    return Int(word).map(Value.integer)
  }
}

extension Character {
  fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
