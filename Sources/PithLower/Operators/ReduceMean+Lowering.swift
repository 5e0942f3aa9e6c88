import CPith
import PithGraph

extension ReduceMean: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    throw GraphError("ReduceMean has no integer kernel over these axes")
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axes = try axes(lowering.graph.constant(node, 1)?.integers, rank: sizes.count)
    guard !axes.isEmpty else { return try lowering.lowerView(node) }
    let order = sizes.indices.filter { !axes.contains($0) } + axes
    let strides = Tensor.strides(of: sizes)
    let reduced = axes.map { sizes[$0] }.reduce(1, *)
    let kept = order.dropLast(axes.count).map { sizes[$0] }
    let moved = try lowering.emitFloatCopy(
      try lowering.floats(input), dims: order.map { sizes[$0] }, strides: order.map { strides[$0] })
    let rows = lowering.builder.addFloatView(of: moved, [kept.reduce(1, *), reduced])
    let output = node.outputs[0]
    let target = lowering.builder.addFloats([kept.reduce(1, *)], name: lowering.graph[output].name)
    lowering.builder.emit(PITH_OP_F32_MEAN, inputs: [rows], output: target)
    lowering.define(output, floats: lowering.builder.addFloatView(of: target, try lowering.sizes(output)))
  }
}
