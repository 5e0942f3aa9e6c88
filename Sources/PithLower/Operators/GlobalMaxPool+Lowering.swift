import CPith
import PithGraph

extension GlobalMaxPool: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let plane = try PlaneWindow(global: try lowering.map(try lowering.graph.operand(node, 0)))
    try lowering.lowerPool(node, PITH_OP_MAX_POOL, plane, countsPadding: false, multiplier: 1)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let plane = try PlaneWindow(global: try lowering.map(try lowering.graph.operand(node, 0)))
    try lowering.lowerFloatPool(node, PITH_OP_F32_MAX_POOL, plane, countsPadding: false)
  }
}
