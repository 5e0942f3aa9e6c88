/// An operator that makes one number of all along some axes. Operands: data, and optionally the axes; without them, all.
public protocol Reduction: Operator {
  /// Whether reduced axes stay as axes of 1.
  var keepsDimensions: Bool { get }
  /// Whether an absent or empty list of axes means none instead of all.
  var emptyMeansNone: Bool { get }

  init(keepsDimensions: Bool, emptyMeansNone: Bool)

  /// What it makes of known integers; nil where it makes no integer of them.
  static func combined(_ elements: [Int]) -> Int?

  /// The same of sizes, some of which may be names.
  static func combined(_ elements: [Dimension]) -> Dimension?
}

extension Reduction {
  public static var operandCount: ClosedRange<Int> { 1...2 }

  /// The axes that are reduced, ascending.
  public func axes(_ listed: [Int]?, rank: Int) throws -> [Int] {
    let listed = listed ?? []
    if listed.isEmpty { return emptyMeansNone ? [] : Array(0..<rank) }
    return Set(try listed.map { try Operands.axis($0, rank: rank) }).sorted()
  }

  /// The shape of what is left of `shape` without those axes.
  public func shape(_ shape: Shape, without axes: [Int]) -> Shape {
    var result: [Dimension] = []
    for axis in 0..<shape.rank {
      if !axes.contains(axis) { result.append(shape[axis]) } else if keepsDimensions { result.append(1) }
    }
    return Shape(result)
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let axes = try axes(try operands.integers(1), rank: type.shape.rank)
    let result = ValueType(type.element, shape(type.shape, without: axes))
    guard type.shape.rank == 1, axes == [0], let contents = operands.contents(0) else { return [result] }
    guard let value = Self.combined(contents) else { return [result] }
    return [result.withContents([value])]
  }

  public static func combined(_ elements: [Int]) -> Int? { nil }

  public static func combined(_ elements: [Dimension]) -> Dimension? {
    let known = elements.compactMap(\.size)
    return known.count == elements.count ? combined(known).map { .fixed($0) } : nil
  }
}
