/// Repeats a tensor along its axes. Operands: data, and how often for each axis.
public struct Tile: Operator {
  public static let name = "Tile"
  public static let operandCount = 2...2

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    guard let repeats = operands.contents(1) else {
      throw GraphError(
        "the repeats are computed from data; Pith needs them to follow from the inputs' shapes")
    }
    guard repeats.count == type.shape.rank else {
      throw GraphError("\(repeats.count) repeats do not fit shape \(type.shape)")
    }
    let sizes = try zip(type.shape.dimensions, repeats).map { size, times in
      if let number = times.size, number < 0 {
        throw GraphError("an axis cannot be repeated \(number) times")
      }
      return try size.multiplied(by: times)
    }
    return [ValueType(type.element, Shape(sizes))]
  }
}
