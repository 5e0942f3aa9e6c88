/// Where elements are not 0: `[rank, count]` (int64), a column for each, in the order of the elements.
public struct NonZero: Operator {
  public static let name = "NonZero"
  public static let operandCount = 1...1

  /// What the count is called, which depends on the data; no other axis of the graph may be called so.
  public var countName: String

  public init(countName: String) { self.countName = countName }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    [ValueType(.int64, [.fixed(try operands.shape(0).rank), .symbolic(countName)])]
  }
}
