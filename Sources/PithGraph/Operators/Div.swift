/// a / b, with broadcasting; integers truncate.
public struct Div: Operator {
  public static let name = "Div"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    return [
      type.withContents(
        operands.combinedContents(
          type.shape, { $0.dividedReportingOverflow(by: $1) }, named: { Self.named($0, $1) }))
    ]
  }

  private static func named(_ a: Dimension, _ b: Dimension) -> Dimension? {
    if let quotient = a.dividedEvenly(by: b) { return quotient }
    return b.size.flatMap { $0 > 0 ? a.dividedDown(by: $0) : nil }
  }
}
