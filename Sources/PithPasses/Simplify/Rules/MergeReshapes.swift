import PithGraph

/// Replaces two consecutive nodes that only change a shape by one.
public struct MergeReshapes: RewriteRule {
  public let name = "merge reshapes"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard Reshaping.isReshape(node.op), let first = context.producer(node, 0), Reshaping.isReshape(first.op),
      let x = first.inputs[0], let from = context.graph[x].type?.shape,
      let to = context.outputType(node)?.shape,
      let reshaping = Reshaping(from: from, to: to)
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    reshaping.add(to: &patch, input: x, output: node.outputs[0], name: node.label)
    return patch
  }
}
