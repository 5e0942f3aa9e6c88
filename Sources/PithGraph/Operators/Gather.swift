/// Picks slices along one axis. Operands: data, indices (int64 or int32; negative ones count from the end).
public struct Gather: Operator {
  public static let name = "Gather"
  public static let operandCount = 2...2

  public var axis: Int

  public init(axis: Int = 0) { self.axis = axis }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let data = try operands.type(0)
    let indices = try operands.type(1)
    guard indices.element == .int64 || indices.element == .int32 else {
      throw GraphError("the indices are \(indices.element.rawValue), but must be int64 or int32")
    }
    let axis = try Operands.axis(axis, rank: data.shape.rank)
    let shape = Shape(
      data.shape.dimensions[..<axis] + indices.shape.dimensions + data.shape.dimensions[(axis + 1)...])
    var contents: [Dimension]?
    if data.shape.rank == 1, indices.shape.rank <= 1, let elements = operands.contents(0),
      let picked = operands.contents(1)?.compactMap(\.size)
    {
      contents = try picked.map { index in
        let at = try Operands.axis(index, rank: elements.count)
        return elements[at]
      }
    }
    return [ValueType(data.element, shape).withContents(contents)]
  }
}
