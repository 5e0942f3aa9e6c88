/// Random zeroing while training; the identity otherwise.
///
/// Srivastava et al., "Dropout", 2014. Operands: data, and optionally ratio and training mode as scalars.
public struct Dropout: Operator {
  public static let name = "Dropout"
  public static let operandCount = 1...3

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    return [type, ValueType(.bool, type.shape)]
  }
}
