/// a to the power of b, with broadcasting; the result has a's type, whatever b's is.
public struct Pow: Operator {
  public static let name = "Pow"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let (a, b) = (try operands.numeric(0), try operands.numeric(1))
    return [ValueType(a.element, try Shape.broadcast(a.shape, b.shape))]
  }
}
