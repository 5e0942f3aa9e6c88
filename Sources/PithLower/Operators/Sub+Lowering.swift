import CPith
import PithGraph

extension Sub: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerSum(node, signs: (1, -1), activation: nil)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerBinary(node, PITH_SUB)
  }
}
