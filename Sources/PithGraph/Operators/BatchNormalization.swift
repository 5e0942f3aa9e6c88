/// (x - mean) / sqrt(variance + epsilon) · scale + bias per channel, with recorded statistics.
///
/// Ioffe and Szegedy, "Batch Normalization", 2015. Operands: x, scale, bias, mean, variance.
public struct BatchNormalization: Operator {
  public static let name = "BatchNormalization"
  public static let operandCount = 5...5

  public var epsilon: Float

  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    guard type.shape.rank >= 2 else {
      throw GraphError("the input has shape \(type.shape), but [N, C, …] is needed")
    }
    for index in 1..<5 {
      let shape = try operands.shape(index, rank: 1)
      if let channels = type.shape[1].size, let size = shape[0].size, channels != size {
        throw GraphError("operand \(index) has \(size) elements for \(channels) channels")
      }
    }
    return [type]
  }
}
