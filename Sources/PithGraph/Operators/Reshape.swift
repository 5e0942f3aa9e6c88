/// The same elements under another shape. Operands: data, shape (-1: whatever fits; 0: as in the data).
public struct Reshape: Operator {
  public static let name = "Reshape"
  public static let operandCount = 2...2

  /// A zero in the shape means an empty axis instead of a copied one.
  public var allowsZero: Bool

  public init(allowsZero: Bool = false) { self.allowsZero = allowsZero }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    guard let target = operands.contents(1) else {
      throw GraphError("the new shape is computed from data; Pith needs it to follow from the inputs' shapes")
    }
    let input = type.shape
    var result: [Dimension] = []
    var wildcard: Int?
    for (axis, dimension) in target.enumerated() {
      switch dimension {
      case .fixed(-1):
        guard wildcard == nil else { throw GraphError("the new shape has more than one -1") }
        wildcard = axis
        result.append(1)
      case .fixed(0) where !allowsZero:
        guard axis < input.rank else {
          throw GraphError("the new shape copies axis \(axis), which the input lacks")
        }
        result.append(input[axis])
      case .fixed(let size) where size < 0: throw GraphError("the new shape has a size of \(size)")
      default: result.append(dimension)
      }
    }
    if let wildcard { result[wildcard] = try Self.quotient(input.dimensions, result) }
    let shape = Shape(result)
    if let before = input.elementCount, let after = shape.elementCount, before != after {
      throw GraphError("shape \(input) with \(before) elements cannot become \(shape) with \(after)")
    }
    return [ValueType(type.element, shape, contents: shape.rank <= 1 ? type.contents : nil)]
  }

  /// The size that makes `others` times it as many as `all`; names that stand on both sides cancel.
  private static func quotient(_ all: [Dimension], _ others: [Dimension]) throws -> Dimension {
    guard let top = try? Dimension.product(all), let bottom = try? Dimension.product(others), bottom != 0,
      let quotient = top.dividedEvenly(by: bottom)
    else {
      let isNumber = others.allSatisfy { $0.size != nil } && all.allSatisfy { $0.size != nil }
      throw GraphError(
        isNumber
          ? "shape \(Shape(all)) cannot be divided into \(Shape(others))"
          : "the -1 in the new shape cannot be worked out from \(Shape(all)) by \(Shape(others))")
    }
    return quotient
  }
}
