/// Sizes that are computed from others get names that say how, so that equal computations have equal names.
extension Dimension {
  /// Whether both can be the same size.
  func mayEqual(_ other: Dimension) -> Bool { size == nil || other.size == nil || size == other.size }

  /// A number times names, which is what a product of sizes comes to.
  private struct Product {
    var number: Int
    var names: [String]

    init(number: Int, names: [String]) {
      self.number = number
      self.names = names
    }

    init(_ dimension: Dimension) {
      switch dimension {
      case .fixed(let size): self.init(number: size, names: [])
      case .symbolic(let name):
        let factors = Dimension.outerParts(name, separatedBy: "*")
        guard factors.count > 1, !factors.contains(""),
          Dimension.outerParts(name, separatedBy: "+-/").count == 1
        else {
          self.init(number: 1, names: [name])
          return
        }
        var number = 1
        var names: [String] = []
        for factor in factors {
          guard let size = Int(factor) else {
            names.append(String(factor))
            continue
          }
          let (product, overflow) = number.multipliedReportingOverflow(by: size)
          if overflow {
            self.init(number: 1, names: [name])
            return
          }
          number = product
        }
        self.init(number: number, names: names)
      }
    }

    var dimension: Dimension {
      if names.isEmpty || number == 0 { return .fixed(names.isEmpty ? number : 0) }
      if number == 1, names.count == 1 { return .symbolic(names[0]) }
      return .symbolic((number == 1 ? names : [String(number)] + names).joined(separator: "*"))
    }
  }

  /// A name cut at separators outside of brackets.
  private static func outerParts(_ name: String, separatedBy separators: String) -> [Substring] {
    var (parts, depth) = ([Substring](), 0)
    var start = name.startIndex
    for index in name.indices {
      switch name[index] {
      case "(": depth += 1
      case ")": depth -= 1
      case let character where depth == 0 && separators.contains(character):
        parts.append(name[start..<index])
        start = name.index(after: index)
      default: break
      }
    }
    return parts + [name[start...]]
  }

  /// A name as it stands in a product: sums need brackets.
  private static func factor(_ name: String) -> String {
    outerParts(name, separatedBy: "+-/").count > 1 ? "(\(name))" : name
  }

  private func asFactor() -> Dimension {
    if case .symbolic(let name) = self { .symbolic(Dimension.factor(name)) } else { self }
  }

  /// The product of both.
  /// - Throws: `GraphError` where it is too large.
  public func multiplied(by other: Dimension) throws -> Dimension {
    if self == 1 { return other }
    if other == 1 { return self }
    let (a, b) = (Product(asFactor()), Product(other.asFactor()))
    let (number, overflow) = a.number.multipliedReportingOverflow(by: b.number)
    guard !overflow else { throw GraphError("a product of sizes is too large") }
    return Product(number: number, names: (a.names + b.names).sorted()).dimension
  }

  /// The product of all.
  /// - Throws: `GraphError` where it is too large.
  public static func product(_ dimensions: some Sequence<Dimension>) throws -> Dimension {
    try dimensions.reduce(1) { try $0.multiplied(by: $1) }
  }

  /// The quotient, where it comes out even whatever the names stand for; else nil.
  public func dividedEvenly(by other: Dimension) -> Dimension? {
    if other == 1 { return self }
    if self == other { return self == 0 ? nil : 1 }
    var rest = Product(asFactor())
    let divisor = Product(other.asFactor())
    for name in divisor.names {
      guard let index = rest.names.firstIndex(of: name) else { return nil }
      rest.names.remove(at: index)
    }
    guard divisor.number != 0, rest.number.isMultiple(of: divisor.number) else { return nil }
    let (quotient, overflow) = rest.number.dividedReportingOverflow(by: divisor.number)
    return overflow ? nil : Product(number: quotient, names: rest.names).dimension.unbracketed
  }

  /// The same without brackets around all of it.
  private var unbracketed: Dimension {
    guard case .symbolic(let name) = self, name.hasPrefix("("), name.hasSuffix(")") else { return self }
    let inner = String(name.dropFirst().dropLast())
    // The brackets must be a pair: (a)+(b) has none around it.
    var depth = 0
    for character in inner {
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      if depth < 0 { return self }
    }
    return .symbolic(inner)
  }

  /// The sum of both; names are joined.
  public func plus(_ other: Dimension) -> Dimension? {
    if self == 0 { return other }
    if other == 0 { return self }
    if let a = size, let b = other.size {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? nil : .fixed(sum)
    }
    if let b = other.size { return shifted(by: b) }
    if let a = size { return other.shifted(by: a) }
    return .symbolic("\(self)+\(other)")
  }

  /// The difference of both, where it has a name.
  public func minus(_ other: Dimension) -> Dimension? {
    if self == other { return 0 }
    guard let b = other.size, b != .min else { return nil }
    return plus(.fixed(-b))
  }

  /// A name plus a number; numbers at its end are added up.
  private func shifted(by number: Int) -> Dimension? {
    guard case .symbolic(let name) = self else { return nil }
    var (base, total) = (name[...], number)
    if let sign = name.lastIndex(where: { "+-".contains($0) }), !name[sign...].contains(")"),
      let old = Int(name[sign...]), sign != name.startIndex
    {
      let (sum, overflow) = old.addingReportingOverflow(number)
      if overflow { return nil }
      (base, total) = (name[..<sign], sum)
    }
    if total == 0 { return Dimension.symbolic(String(base)).unbracketed }
    return .symbolic(total < 0 ? "\(base)\(total)" : "\(base)+\(total)")
  }

  /// The quotient rounded down, given a positive divisor.
  public func dividedDown(by divisor: Int) -> Dimension {
    if let size { return .fixed(size / divisor - (size % divisor < 0 ? 1 : 0)) }
    if divisor == 1 { return self }
    return dividedEvenly(by: .fixed(divisor)) ?? .symbolic("\(asFactor())/\(divisor)")
  }
}
