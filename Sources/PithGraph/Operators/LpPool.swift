/// (Σ |x|ᵖ)^(1/p) under a sliding window.
public struct LpPool: Operator {
  public static let name = "LpPool"
  public static let operandCount = 1...1

  public var window: Window
  /// p, at least 1.
  public var power: Int

  public init(window: Window, power: Int = 2) {
    self.window = window
    self.power = power
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    guard power >= 1 else { throw GraphError("a norm of power \(power) does not exist") }
    guard type.shape.rank >= 3 else {
      throw GraphError("the input has shape \(type.shape), but [N, C, spatial…] is needed")
    }
    return [ValueType(type.element, try window.outputShape(for: type.shape, channels: type.shape[1]))]
  }
}
