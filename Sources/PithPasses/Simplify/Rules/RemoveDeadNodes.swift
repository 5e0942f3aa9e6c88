import PithGraph

/// Removes a node none of whose outputs is read.
public struct RemoveDeadNodes: RewriteRule {
  public let name = "remove dead node"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard !node.outputs.contains(where: context.isRead) else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    return patch
  }
}
