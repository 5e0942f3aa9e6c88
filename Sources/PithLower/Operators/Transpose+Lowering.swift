import CPith
import PithGraph

extension Transpose: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let order = try order(rank: sizes.count)
    // Axes of size 1 move no element.
    let moved = order.filter { sizes[$0] != 1 }
    if moved == moved.sorted(), lowering.hasBytes(input) || lowering.existingFloats(input) != nil {
      return try lowering.lowerView(node)
    }
    guard lowering.hasBytes(input) else {
      return lowering.defineReordered(node.outputs[0], Reordering(source: input, order: order))
    }
    var value = try lowering.bytes(input)
    if value.layout.transposed(sizes, by: order) == nil {
      value = try lowering.orderedBytes(input).value
    }
    guard let layout = value.layout.transposed(sizes, by: order) else {
      throw GraphError("axes \(sizes) cannot be reordered by \(order) on bytes")
    }
    lowering.define(node.outputs[0], bytes: value.tensor, layout)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let order = try order(rank: sizes.count)
    let moved = order.filter { sizes[$0] != 1 }
    if moved == moved.sorted() { return try lowering.lowerView(node) }
    let tensor = try lowering.emitCopy(
      Reordering(source: input, order: order), name: lowering.graph[node.outputs[0]].name)
    lowering.define(node.outputs[0], floats: tensor)
  }
}
