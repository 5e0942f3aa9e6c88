/// The matrix product over the last two axes, by NumPy's rule: leading axes broadcast, vectors are promoted.
public struct MatMul: Operator {
  public static let name = "MatMul"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    return [ValueType(type.element, try Self.shape(try operands.shape(0), try operands.shape(1)))]
  }

  /// The shape of the product of tensors of these shapes.
  /// - Throws: `GraphError` where they do not multiply.
  static func shape(_ left: Shape, _ right: Shape) throws -> Shape {
    var (a, b) = (left.dimensions, right.dimensions)
    guard !a.isEmpty, !b.isEmpty else { throw GraphError("a scalar cannot be a factor of a matrix product") }
    let (promotedA, promotedB) = (a.count == 1, b.count == 1)
    if promotedA { a.insert(1, at: 0) }
    if promotedB { b.append(1) }
    guard a[a.count - 1].mayEqual(b[b.count - 2]) else {
      throw GraphError("shapes \(left) and \(right) do not multiply")
    }
    var result = try Shape.broadcast(Shape(Array(a.dropLast(2))), Shape(Array(b.dropLast(2)))).dimensions
    if !promotedA { result.append(a[a.count - 2]) }
    if !promotedB { result.append(b[b.count - 1]) }
    return Shape(result)
  }
}
