import CPith
import PithGraph

extension Transpose: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let order = try order(rank: sizes.count)
    let reordering = Reordering(source: input, order: order)
    guard lowering.hasBytes(input) else { return lowering.defineReordered(node.outputs[0], reordering) }
    if reordering.isView(of: sizes) { return try lowering.lowerView(node) }
    if !lowering.hasMap(input), let view = lowering.stridedValues[input] {
      return try lowering.define(node.outputs[0], view.transposed(by: order))
    }
    var value = try lowering.bytes(input)
    if value.layout.transposed(sizes, by: order) == nil {
      if let view = StridedBytes(value, sizes: sizes) {
        return try lowering.define(node.outputs[0], view.transposed(by: order))
      }
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
    let reordering = Reordering(source: input, order: try order(rank: sizes.count))
    if reordering.isView(of: sizes) { return try lowering.lowerView(node) }
    let tensor = try lowering.emitCopy(reordering, name: lowering.graph[node.outputs[0]].name)
    lowering.define(node.outputs[0], floats: tensor)
  }
}
