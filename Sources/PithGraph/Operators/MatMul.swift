/// The matrix product over the last two axes, by NumPy's rule: leading axes broadcast, vectors are promoted.
public struct MatMul: Operator {
  public static let name = "MatMul"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    var a = try operands.shape(0).dimensions
    var b = try operands.shape(1).dimensions
    guard !a.isEmpty, !b.isEmpty else { throw GraphError("a scalar cannot be a factor of a matrix product") }
    let (promotedA, promotedB) = (a.count == 1, b.count == 1)
    if promotedA { a.insert(1, at: 0) }
    if promotedB { b.append(1) }
    if let x = a[a.count - 1].size, let y = b[b.count - 2].size, x != y {
      throw GraphError("shapes \(try operands.shape(0)) and \(try operands.shape(1)) do not multiply")
    }
    var result = try Shape.broadcast(Shape(Array(a.dropLast(2))), Shape(Array(b.dropLast(2)))).dimensions
    if !promotedA { result.append(a[a.count - 2]) }
    if !promotedB { result.append(b[b.count - 1]) }
    return [ValueType(type.element, Shape(result))]
  }
}
