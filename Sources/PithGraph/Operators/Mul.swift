/// a · b, with broadcasting.
public struct Mul: Operator {
  public static let name = "Mul"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    return [
      type.withContents(
        operands.combinedContents(
          type.shape, { $0.multipliedReportingOverflow(by: $1) }, named: { try? $0.multiplied(by: $1) }))
    ]
  }
}
