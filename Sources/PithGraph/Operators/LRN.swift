/// x / (bias + alpha / size · Σ x²)^beta, the sum being over `size` neighbouring channels.
///
/// Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 3.3.
public struct LRN: Operator {
  public static let name = "LRN"
  public static let operandCount = 1...1

  public var size: Int
  public var alpha: Float
  public var beta: Float
  public var bias: Float

  public init(size: Int, alpha: Float = 0.0001, beta: Float = 0.75, bias: Float = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    _ = try operands.shape(0, atLeast: 2)
    guard size > 0 else { throw GraphError("a neighbourhood of \(size) channels does not exist") }
    return [type]
  }
}
