/// A new axis along which each index becomes a row with one value at its place and another everywhere else.
///
/// Operands: indices, the depth (the axis' size, constant), and both values `[off, on]`. Indices outside of
/// −depth..<depth make a row without.
public struct OneHot: Operator {
  public static let name = "OneHot"
  public static let operandCount = 3...3

  /// Where the axis is, as it is numbered in the output.
  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let indices = try operands.numeric(0)
    let values = try operands.type(2)
    guard try operands.shape(2, rank: 1)[0].mayEqual(2) else {
      throw GraphError("the values have shape \(values.shape), but [2] is needed")
    }
    let axis = try Operands.axis(axis, rank: indices.shape.rank + 1)
    guard let depth = try depth(operands), depth >= 0 else {
      throw GraphError("the depth must be a constant number of 0 or more")
    }
    var sizes = indices.shape.dimensions
    sizes.insert(.fixed(depth), at: axis)
    return [ValueType(values.element, Shape(sizes))]
  }

  private func depth(_ operands: Operands) throws -> Int? {
    if let number = operands.constant(1)?.floats, number.count == 1 { return Int(exactly: number[0]) }
    return try operands.integer(1)
  }
}
