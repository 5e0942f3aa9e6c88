import PithGraph

extension ConvTranspose: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try TransposedConvolution(self, node, lowering).lower(&lowering)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    throw lowering.withoutFloatKernel(node)
  }
}
