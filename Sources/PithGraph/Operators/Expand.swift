/// Repeats a tensor to a shape that it broadcasts to, or that broadcasts with it. Operands: data, shape.
public struct Expand: Operator {
  public static let name = "Expand"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    guard let target = operands.contents(1) else {
      throw GraphError("the new shape is computed from data; Pith needs it to follow from the inputs' shapes")
    }
    for case .fixed(let size) in target where size < 0 {
      throw GraphError("the new shape has a size of \(size)")
    }
    let shape = try Shape.broadcast(type.shape, Shape(target))
    var contents: [Dimension]?
    if shape.rank <= 1, let known = operands.contents(0), known.count == 1, let count = shape.elementCount,
      count <= ValueType.maximumContents
    {
      contents = Array(repeating: known[0], count: count)
    }
    return [ValueType(type.element, shape).withContents(contents)]
  }
}
