import PithGraph

/// Turns a transpose that moves only axes of size 1 into a reshape, which moves no element.
public struct TransposeToReshape: RewriteRule {
  public let name = "transpose to reshape"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let op = node.op as? Transpose, let x = node.inputs[0], let from = context.shape(node, 0),
      let to = context.outputType(node)?.shape, from != to
    else { return nil }
    let moved = try op.order(rank: from.rank).filter { from[$0] != 1 }
    guard moved == moved.sorted(), let reshaping = Reshaping(from: from, to: to) else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    reshaping.add(to: &patch, input: x, output: node.outputs[0], name: node.label)
    return patch
  }
}
