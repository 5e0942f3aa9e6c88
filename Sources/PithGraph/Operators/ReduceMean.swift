/// The mean over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceMean: Operator {
  public static let name = "ReduceMean"
  public static let operandCount = 1...2

  public var keepsDimensions: Bool
  /// Whether an absent or empty list of axes means none instead of all.
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }

  /// The axes that are reduced, ascending.
  public func axes(_ listed: [Int]?, rank: Int) throws -> [Int] {
    let listed = listed ?? []
    if listed.isEmpty { return emptyMeansNone ? [] : Array(0..<rank) }
    return Set(try listed.map { try Operands.axis($0, rank: rank) }).sorted()
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let axes = try axes(try operands.integers(1), rank: type.shape.rank)
    var shape: [Dimension] = []
    for axis in 0..<type.shape.rank {
      if !axes.contains(axis) { shape.append(type.shape[axis]) } else if keepsDimensions { shape.append(1) }
    }
    return [ValueType(type.element, Shape(shape))]
  }
}
