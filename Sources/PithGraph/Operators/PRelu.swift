/// x where x ≥ 0, else slope · x. Operands: x, slope, which broadcasts to x.
///
/// He et al., "Delving Deep into Rectifiers", 2015.
public struct PRelu: Operator {
  public static let name = "PRelu"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    let x = try operands.shape(0)
    guard type.shape.rank == x.rank, zip(type.shape.dimensions, x.dimensions).allSatisfy({ $0.mayEqual($1) })
    else { throw GraphError("a slope of shape \(try operands.shape(1)) does not broadcast to \(x)") }
    return [ValueType(type.element, x)]
  }
}
