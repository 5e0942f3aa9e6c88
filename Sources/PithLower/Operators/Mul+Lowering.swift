import CPith
import PithGraph

extension Mul: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerElementwise(
      node, PITH_OP_MULTIPLY, constant: { $0 * $1 },
      multipliers: { a, b, y in (Float(Double(a.scale) * Double(b.scale) / Double(y.scale)), 0) })
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerBinary(node, PITH_MUL)
  }
}
