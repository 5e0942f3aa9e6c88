/// The mean under a sliding window.
public struct AveragePool: Operator {
  public static let name = "AveragePool"
  public static let operandCount = 1...1

  public var window: Window
  /// Whether padded pixels count in the divisor.
  public var countsPadding: Bool

  public init(window: Window, countsPadding: Bool = false) {
    self.window = window
    self.countsPadding = countsPadding
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    guard type.shape.rank >= 3 else {
      throw GraphError("the input has shape \(type.shape), but [N, C, spatial…] is needed")
    }
    return [ValueType(type.element, try window.outputShape(for: type.shape, channels: type.shape[1]))]
  }
}
