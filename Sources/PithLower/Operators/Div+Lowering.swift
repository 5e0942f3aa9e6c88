import CPith
import PithGraph

extension Div: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    throw GraphError("Div has no integer kernel")
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerBinary(node, PITH_DIV)
  }
}
