/// (x − mean) / √(variance + epsilon) · scale + bias, the statistics being those of one sample's group of channels.
///
/// Wu and He, "Group Normalization", 2018. One channel a group is instance normalization. Operands: x `[N, C, …]`, scale
/// `[C]`, bias `[C]`.
public struct GroupNormalization: Operator {
  public static let name = "GroupNormalization"
  public static let operandCount = 3...3

  public var groups: Int
  public var epsilon: Float

  public init(groups: Int, epsilon: Float = 1e-5) {
    self.groups = groups
    self.epsilon = epsilon
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let shape = try operands.shape(0, atLeast: 2)
    guard groups > 0, shape[1].size.map({ $0 % groups == 0 }) ?? true else {
      throw GraphError("\(shape[1]) channels cannot be split into \(groups) groups")
    }
    for index in 1..<3 {
      let vector = try operands.shape(index, rank: 1)
      guard try operands.type(index).element == type.element, vector[0].mayEqual(shape[1]) else {
        throw GraphError("operand \(index) is \(try operands.type(index)) for \(shape[1]) channels")
      }
    }
    return [type]
  }
}
