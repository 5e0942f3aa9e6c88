import PithGraph

/// An operator that the runtime can execute.
public protocol Lowerable: Operator {
  /// Emits the instructions for a node that runs on bytes.
  func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws

  /// Emits the instructions for a node that stays in fp32.
  func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws
}
