/// Adds axes of size 1. Operands: data, and the axes as they are numbered in the output.
public struct Unsqueeze: Operator {
  public static let name = "Unsqueeze"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    guard let listed = try operands.integers(1) else { throw GraphError("the axes are missing") }
    let rank = type.shape.rank + listed.count
    let axes = Set(try listed.map { try Operands.axis($0, rank: rank) })
    guard axes.count == listed.count else { throw GraphError("axes \(listed) name one axis twice") }
    var rest = type.shape.dimensions[...]
    let shape = Shape((0..<rank).map { axes.contains($0) ? .fixed(1) : rest.removeFirst() })
    return [ValueType(type.element, shape).withContents(shape.rank <= 1 ? operands.contents(0) : nil)]
  }
}
