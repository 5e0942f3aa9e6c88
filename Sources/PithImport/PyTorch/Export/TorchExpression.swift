import PithGraph

/// A size that an exported program writes as an expression of symbols, as SymPy's `srepr` does:
/// `Mul(Integer(2), Symbol('s77', positive=True, integer=True))`.
///
/// Sizes that are the same computation get the same name, as they do in the graph.
struct TorchExpression {
  /// Levels of brackets.
  private static let maximumDepth = 24

  private var rest: Substring.UTF8View
  private let symbol: (String) throws -> Dimension

  /// The size that the text stands for.
  /// - Parameter symbol: gives the size that a symbol stands for.
  /// - Throws: `GraphError` where it is no expression that is understood.
  static func dimension(_ text: String, symbol: (String) throws -> Dimension) throws -> Dimension {
    try withoutActuallyEscaping(symbol) { symbol in
      guard text.utf8.count <= 4096 else {
        throw involved
      }
      var parser = TorchExpression(rest: text[...].utf8, symbol: symbol)
      let result = try parser.expression(depth: 0)
      guard parser.rest.isEmpty else { throw parser.failure() }
      return result
    }
  }

  private static let involved = GraphError("a size is too involved; export the model with fixed sizes")

  private func failure() -> GraphError {
    GraphError("a size is computed in a way that Pith does not follow; export the model with fixed sizes")
  }

  private mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") }[...] }

  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard rest.first == character.asciiValue else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// Letters, digits and underscores, or a number with its sign.
  private mutating func word() -> String {
    skipSpaces()
    let count = rest.prefix { byte in
      byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    rest = rest[count.endIndex...]
    return String(Substring(count))
  }

  private mutating func expression(depth: Int) throws -> Dimension {
    guard depth < Self.maximumDepth else { throw failure() }
    let name = word()
    if let number = Int(name) { return .fixed(number) }
    guard !name.isEmpty, take("(") else {
      // Early versions wrote the symbol alone.
      guard !name.isEmpty else { throw failure() }
      return try symbol(name)
    }
    switch name {
    case "Symbol":
      guard take("'") else { throw failure() }
      let name = word()
      guard take("'") else { throw failure() }
      // What is assumed of the symbol.
      while take(",") {
        _ = word()
        guard take("=") else { throw failure() }
        _ = word()
      }
      guard take(")") else { throw failure() }
      return try symbol(name)
    case "Integer":
      guard let number = Int(word()), take(")") else { throw failure() }
      return .fixed(number)
    default:
      var operands = [try expression(depth: depth + 1)]
      while take(",") { operands.append(try expression(depth: depth + 1)) }
      guard take(")"), operands.count <= 64 else { throw failure() }
      let result = try Self.combined(name, operands)
      // A power of a power of … is of a length that no text has.
      guard result.description.utf8.count <= ImportLimits.dimensionName else { throw Self.involved }
      return result
    }
  }

  private static func combined(_ function: String, _ operands: [Dimension]) throws -> Dimension {
    switch function {
    case "Mul": return try product(operands)
    case "Add": return try sum(operands)
    case "FloorDiv", "CleanDiv", "IntTrueDiv":
      guard operands.count == 2 else { break }
      if let a = operands[0].size, let b = operands[1].size, b > 0, a >= 0 { return .fixed(a / b) }
      return .symbolic("\(bracketed(operands[0]))/\(bracketed(operands[1]))")
    case "Pow":
      if operands.count == 2, let power = operands[1].size, (1...4).contains(power) {
        return try product(Array(repeating: operands[0], count: power))
      }
    default: break
    }
    return .symbolic("\(function)(\(operands.map(\.description).joined(separator: ",")))")
  }

  private static func product(_ operands: [Dimension]) throws -> Dimension {
    var number = 1
    for size in operands.compactMap(\.size) {
      let (product, overflow) = number.multipliedReportingOverflow(by: size)
      guard !overflow else { throw GraphError("a product of sizes is too large") }
      number = product
    }
    let names = operands.filter { $0.size == nil }.map { bracketed($0) }.sorted()
    if names.isEmpty || number == 0 { return .fixed(names.isEmpty ? number : 0) }
    return .symbolic((number == 1 ? names : [String(number)] + names).joined(separator: "*"))
  }

  private static func sum(_ operands: [Dimension]) throws -> Dimension {
    var number = 0
    for size in operands.compactMap(\.size) {
      let (sum, overflow) = number.addingReportingOverflow(size)
      guard !overflow else { throw GraphError("a sum of sizes is too large") }
      number = sum
    }
    let names = operands.filter { $0.size == nil }.map(\.description).joined(separator: "+")
    if names.isEmpty { return .fixed(number) }
    return .symbolic(number == 0 ? names : number < 0 ? "\(names)\(number)" : "\(names)+\(number)")
  }

  /// A name as it stands in a product: sums need brackets.
  private static func bracketed(_ size: Dimension) -> String {
    guard case .symbolic(let name) = size, name.contains(where: { "+-/".contains($0) }) else {
      return size.description
    }
    return "(\(name))"
  }
}
