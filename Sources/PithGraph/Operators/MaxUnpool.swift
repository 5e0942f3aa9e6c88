/// Puts elements back where a max pool had found them, and 0 elsewhere. Operands: x, the indices that the pool gave, and
/// optionally the output's shape.
public struct MaxUnpool: Operator {
  public static let name = "MaxUnpool"
  public static let operandCount = 2...3

  /// The window of the pool.
  public var window: Window

  public init(window: Window) { self.window = window }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    _ = try operands.shape(0, atLeast: 3)
    _ = try operands.type(1, .int64)
    try window.validate(spatialRank: type.shape.rank - 2)
    let natural = try naturalShape(type.shape)
    guard operands.has(2) else { return [ValueType(type.element, natural)] }
    guard let listed = operands.contents(2) else {
      throw GraphError("the output's shape is computed from data; Pith needs it to follow from shapes")
    }
    guard listed.count == type.shape.rank, listed.allSatisfy({ ($0.size ?? 1) >= 0 }) else {
      throw GraphError("an output of shape \(Shape(listed)) does not fit \(type.shape)")
    }
    return [ValueType(type.element, Shape(listed))]
  }

  /// The least shape that the pool can have had as its input: (size − 1) · stride + kernel − pads. The indices count in it.
  public func naturalShape(_ shape: Shape) throws -> Shape {
    let pads = window.pads(for: Array(repeating: 1, count: window.kernel.count))
    var result = Array(shape.dimensions.prefix(2))
    for axis in window.kernel.indices {
      let constant = window.kernel[axis] - pads.begin[axis] - pads.end[axis] - window.strides[axis]
      let product = try shape[axis + 2].multiplied(by: .fixed(window.strides[axis]))
      guard let size = product.plus(.fixed(constant)), size.size ?? 0 >= 0 else {
        throw GraphError("a window of \(window.kernel) does not fit shape \(shape)")
      }
      result.append(size)
    }
    return Shape(result)
  }
}
