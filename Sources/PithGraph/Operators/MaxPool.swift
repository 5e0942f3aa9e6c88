/// The largest element under a sliding window.
public struct MaxPool: Operator {
  public static let name = "MaxPool"
  public static let operandCount = 1...1

  public var window: Window

  public init(window: Window) { self.window = window }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    guard type.shape.rank >= 3 else {
      throw GraphError("the input has shape \(type.shape), but [N, C, spatial…] is needed")
    }
    return [ValueType(type.element, try window.outputShape(for: type.shape, channels: type.shape[1]))]
  }
}
