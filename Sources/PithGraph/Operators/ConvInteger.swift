/// The exact convolution of integers as int32, less their zero points. Operands: x `[N, C, spatial…]`, weights
/// `[M, C / groups, kernel…]` (int8 or uint8), and optionally x's zero point and the weights' (one, or one a filter).
public struct ConvInteger: Operator {
  public static let name = "ConvInteger"
  public static let operandCount = 2...4

  /// The convolution of the reals.
  public var convolution: Conv

  public init(convolution: Conv) { self.convolution = convolution }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    for index in 0..<2 {
      let type = try operands.type(index)
      guard type.element == .int8 || type.element == .uint8 else {
        throw GraphError("operand \(index) is \(type.element.rawValue), but must be int8 or uint8")
      }
      if operands.has(index + 2) { _ = try operands.type(index + 2, type.element) }
    }
    let reals = (0..<2).map { operands.types[$0].map { ValueType(.float32, $0.shape) } }
    let type = try convolution.inferTypes(Operands(types: reals, constants: [nil, nil]))[0]
    return [ValueType(.int32, type.shape)]
  }
}
