/// (x − mean) / √(variance + ε) · scale + bias, over all axes from `axis` on. Operands: x, scale and optionally bias, both of
/// a shape that broadcasts to the normalized axes.
///
/// Ba, Kiros and Hinton, "Layer Normalization", 2016; ONNX, "LayerNormalization".
public struct LayerNormalization: Operator {
  public static let name = "LayerNormalization"
  public static let operandCount = 2...3

  public var axis: Int
  public var epsilon: Float

  public init(axis: Int = -1, epsilon: Float = 1e-5) {
    self.axis = axis
    self.epsilon = epsilon
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let axis = try Operands.axis(axis, rank: type.shape.rank)
    guard epsilon >= 0, epsilon.isFinite else { throw GraphError("its epsilon is \(epsilon)") }
    let normalized = Shape(Array(type.shape.dimensions[axis...]))
    for index in 1...2 where index == 1 || operands.has(index) {
      let shape = try operands.shape(index)
      guard try Shape.broadcast(normalized, shape).rank == normalized.rank,
        zip(normalized.dimensions.suffix(shape.rank), shape.dimensions).allSatisfy({
          $1 == 1 || $0.size == nil || $1.size == nil || $0 == $1
        })
      else {
        throw GraphError("operand \(index) has shape \(shape), which does not fit the axes \(normalized)")
      }
    }
    return [type]
  }
}
