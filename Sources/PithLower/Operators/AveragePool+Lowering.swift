import CPith
import PithGraph

extension AveragePool: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let plane = try PlaneWindow(window, map: try lowering.map(try lowering.graph.operand(node, 0)))
    try lowering.lowerPool(
      node, PITH_OP_AVERAGE_POOL, plane, countsPadding: countsPadding, multiplier: try lowering.ratio(node))
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let plane = try PlaneWindow(window, map: try lowering.map(try lowering.graph.operand(node, 0)))
    try lowering.lowerFloatPool(node, PITH_OP_F32_AVERAGE_POOL, plane, countsPadding: countsPadding)
  }
}
