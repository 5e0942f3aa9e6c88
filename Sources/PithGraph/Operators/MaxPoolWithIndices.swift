/// The largest element under a sliding window, and where it is in the flattened input (int64): what ONNX's MaxPool does
/// where its second output is used.
public struct MaxPoolWithIndices: Operator {
  public static let name = "MaxPoolWithIndices"
  public static let operandCount = 1...1

  public var window: Window
  /// Whether a map is numbered by columns, the first spatial axis running fastest.
  public var numbersByColumns: Bool

  public init(window: Window, numbersByColumns: Bool = false) {
    self.window = window
    self.numbersByColumns = numbersByColumns
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    _ = try operands.shape(0, atLeast: 3)
    let shape = try window.outputShape(for: type.shape, channels: type.shape[1])
    return [ValueType(type.element, shape), ValueType(.int64, shape)]
  }
}
