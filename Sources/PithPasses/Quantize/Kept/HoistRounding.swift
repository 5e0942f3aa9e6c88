import PithGraph

/// Moves a rounding before the nodes that only move the elements it reads, to the node or the input that they come from:
/// bytes are what is to be moved.
struct HoistRounding: RewriteRule {
  let name = "hoist rounding"

  func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let op = node.op as? FakeQuantize, op.axis == nil, let middle = context.producer(node, 0),
      middle.op is Transpose || middle.op is Identity || Reshaping.isReshape(middle.op),
      context.onlyConsumer(middle.outputs[0]) != nil, let x = middle.inputs[0],
      context.producers[x] != nil || context.graph.inputs.contains(x),
      !(context.producers[x]?.op is FakeQuantize)
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(middle.id)
    patch.remove(node.id)
    let rounded = patch.addValue("\(context.graph[x].name)_rounded")
    patch.addNode(op, inputs: [x] + node.inputs.dropFirst(), outputs: [rounded], name: node.name)
    patch.addNode(
      middle.op, inputs: [rounded] + middle.inputs.dropFirst(), outputs: node.outputs, name: middle.name)
    return patch
  }
}
