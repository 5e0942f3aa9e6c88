/// The mean of each channel's map, as [N, C, 1, …].
public struct GlobalAveragePool: Operator {
  public static let name = "GlobalAveragePool"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    guard type.shape.rank >= 3 else {
      throw GraphError("the input has shape \(type.shape), but [N, C, spatial…] is needed")
    }
    return [ValueType(type.element, type.shape.collapsingSpatialAxes)]
  }
}
