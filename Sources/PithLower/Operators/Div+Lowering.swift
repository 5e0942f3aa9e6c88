import CPith
import PithGraph

extension Div: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    guard let divisor = lowering.graph.constant(node, 1)?.floats?.first else {
      throw GraphError("its divisor is computed, and Div has no integer kernel")
    }
    try lowering.lowerTable(node) { $0 / Double(divisor) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerBinary(node, PITH_DIV)
  }
}
