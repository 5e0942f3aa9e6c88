/// The largest of all operands, element by element, with broadcasting.
public struct Max: Operator {
  public static let name = "Max"
  public static let operandCount = 1...4096

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwiseOfAll()
    guard operands.count == 2 else { return [type] }
    return [type.withContents(operands.combinedContents(type.shape) { (Swift.max($0, $1), false) })]
  }
}

/// The smallest of all operands, element by element, with broadcasting.
public struct Min: Operator {
  public static let name = "Min"
  public static let operandCount = 1...4096

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwiseOfAll()
    guard operands.count == 2 else { return [type] }
    return [type.withContents(operands.combinedContents(type.shape) { (Swift.min($0, $1), false) })]
  }
}
