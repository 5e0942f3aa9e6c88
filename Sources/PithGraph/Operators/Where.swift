/// Takes elements of two tensors by a condition. Operands: condition (bool), what to take where it is true, and where it
/// is false; all broadcast.
public struct Where: Operator {
  public static let name = "Where"
  public static let operandCount = 3...3

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let condition = try operands.type(0, .bool)
    let (a, b) = (try operands.type(1), try operands.type(2))
    guard a.element == b.element else {
      throw GraphError("operands are \(a.element.rawValue) and \(b.element.rawValue)")
    }
    let shape = try Shape.broadcast(condition.shape, Shape.broadcast(a.shape, b.shape))
    return [ValueType(a.element, shape).withContents(contents(operands, shape))]
  }

  private func contents(_ operands: Operands, _ shape: Shape) -> [Dimension]? {
    guard shape.rank <= 1, let flags = operands.contents(0), let a = operands.contents(1),
      let b = operands.contents(2)
    else { return nil }
    let count = Swift.max(flags.count, a.count, b.count)
    guard [flags, a, b].allSatisfy({ $0.count == count || $0.count == 1 }) else { return nil }
    func element(_ list: [Dimension], _ index: Int) -> Dimension { list[list.count == 1 ? 0 : index] }
    var result: [Dimension] = []
    for index in 0..<count {
      guard let flag = element(flags, index).size else { return nil }
      result.append(element(flag != 0 ? a : b, index))
    }
    return result
  }
}
