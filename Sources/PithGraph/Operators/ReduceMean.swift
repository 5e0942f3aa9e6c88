/// The mean over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceMean: Reduction {
  public static let name = "ReduceMean"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let axes = try axes(try operands.integers(1), rank: type.shape.rank)
    return [ValueType(type.element, shape(type.shape, without: axes))]
  }
}
