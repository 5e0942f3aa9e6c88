import PithGraph

/// An operator that the runtime can execute.
public protocol Lowerable: Operator {
  /// Emits the instructions for a node that runs on bytes.
  func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws

  /// Emits the instructions for a node that stays in fp32.
  func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws
}

/// A recurrent layer, which the runtime has in integers only.
protocol RecurrentLowerable: Lowerable, Recurrent {}

extension RecurrentLowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try RecurrentLowering(node, self, lowering).lower(&lowering)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    throw lowering.withoutFloatKernel(node)
  }
}
