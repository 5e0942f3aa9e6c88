/// a - b, with broadcasting.
public struct Sub: Operator {
  public static let name = "Sub"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    return [
      type.withContents(
        operands.combinedContents(
          type.shape, { $0.subtractingReportingOverflow($1) }, named: { $0.minus($1) }))
    ]
  }
}
