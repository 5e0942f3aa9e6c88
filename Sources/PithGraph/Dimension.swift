/// One axis of a shape: a number, or a name for a number that is known only when the graph runs.
public enum Dimension: Sendable, Hashable, CustomStringConvertible {
  case fixed(Int)
  /// Equal names mean equal sizes.
  case symbolic(String)

  /// The size, where it is known.
  public var size: Int? {
    if case .fixed(let n) = self { n } else { nil }
  }

  public var description: String {
    switch self {
    case .fixed(let n): String(n)
    case .symbolic(let name): name
    }
  }
}

extension Dimension: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self = .fixed(value) }
}

extension Dimension: ExpressibleByStringLiteral {
  public init(stringLiteral name: String) { self = .symbolic(name) }
}

/// The sizes of a tensor's axes, outermost first.
public struct Shape: Sendable, Hashable, CustomStringConvertible {
  public var dimensions: [Dimension]

  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }
  public init(_ sizes: [Int]) { dimensions = sizes.map { .fixed($0) } }

  public var rank: Int { dimensions.count }

  /// The sizes, where every axis is known.
  public var sizes: [Int]? {
    let known = dimensions.compactMap(\.size)
    return known.count == rank ? known : nil
  }

  /// The product of the sizes, where every axis is known and the product is representable.
  public var elementCount: Int? { sizes.flatMap(Shape.elementCount) }

  /// Whether index arithmetic on it stays far from overflow: fewer than 2⁴⁸ elements, no axis of 2⁴⁰ or more, and no
  /// name that grew beyond reason, as names of computed sizes do where a hostile graph joins or multiplies them over
  /// and over.
  var isWithinLimits: Bool {
    let known = dimensions.compactMap(\.size)
    guard let count = Shape.elementCount(known), count < 1 << 48 else { return false }
    return dimensions.allSatisfy { dimension in
      switch dimension {
      case .fixed(let size): size < 1 << 40
      case .symbolic(let name): name.utf8.count <= 1024
      }
    }
  }

  public subscript(axis: Int) -> Dimension {
    get { dimensions[axis] }
    set { dimensions[axis] = newValue }
  }

  public var description: String { "[" + dimensions.map(\.description).joined(separator: ", ") + "]" }

  /// The product of `sizes`, or nil where one is negative or the product overflows.
  public static func elementCount(_ sizes: [Int]) -> Int? {
    var total = 1
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      if overflow || size < 0 { return nil }
      total = product
    }
    return total
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Dimension...) { dimensions = elements }
}

/// What is known of a value before the graph runs.
public struct ValueType: Sendable, Hashable, CustomStringConvertible {
  public var element: ElementType
  public var shape: Shape
  /// The elements themselves, for the small integer vectors of shape arithmetic, where they can be named.
  public var contents: [Dimension]?

  public init(_ element: ElementType, _ shape: Shape, contents: [Dimension]? = nil) {
    self.element = element
    self.shape = shape
    self.contents = contents
  }

  public var description: String { "\(element.rawValue)\(shape)" }
}
