/// The remainder of a / b, with broadcasting.
public struct Mod: Operator {
  public static let name = "Mod"
  public static let operandCount = 2...2

  /// Whether the result has a's sign, as C's `fmod`; else it has b's. Floating-point numbers need the former.
  public var truncates: Bool

  public init(truncates: Bool = false) { self.truncates = truncates }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    let truncates = truncates
    return [
      type.withContents(
        operands.combinedContents(type.shape) { a, b in
          let (rest, overflow) = a.remainderReportingOverflow(dividingBy: b)
          guard b != 0, !overflow else { return (0, b == 0) }
          return (!truncates && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest, false)
        })
    ]
  }
}
