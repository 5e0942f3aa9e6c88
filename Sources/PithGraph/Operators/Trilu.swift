/// The triangle of matrices (the last two axes) on one side of a diagonal; the rest becomes 0. Operands: x, and optionally
/// which diagonal as an integer, 0 being the main one.
public struct Trilu: Operator {
  public static let name = "Trilu"
  public static let operandCount = 1...2

  /// Whether the triangle right of the diagonal is kept, instead of the left one.
  public var isUpper: Bool

  public init(isUpper: Bool = true) { self.isUpper = isUpper }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    _ = try operands.shape(0, atLeast: 2)
    if operands.has(1) { _ = try operands.indices(1) }
    return [ValueType(type.element, type.shape)]
  }
}
