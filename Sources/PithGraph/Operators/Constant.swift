/// A tensor written in the graph. Importers turn it into a constant value; it stands here for files that keep it.
public struct Constant: Operator {
  public static let name = "Constant"
  public static let operandCount = 0...0

  public var tensor: Tensor

  public init(tensor: Tensor) { self.tensor = tensor }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [tensor.type] }
}
