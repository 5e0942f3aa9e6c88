import CPith
import PithGraph

extension Add: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerSum(node, signs: (1, 1), activation: activation)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerBinary(node, PITH_ADD, activation: activation)
  }
}
