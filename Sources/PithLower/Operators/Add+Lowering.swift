import CPith
import PithGraph

extension Add: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    // The convolution before it has added it.
    if lowering.hasMap(node.outputs[0]) { return }
    try lowering.lowerSum(node, signs: (1, 1), activation: activation)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerBinary(node, PITH_ADD, activation: activation)
  }
}
