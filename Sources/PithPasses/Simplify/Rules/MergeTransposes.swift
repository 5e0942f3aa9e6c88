import PithGraph

/// Replaces two consecutive transposes by one.
public struct MergeTransposes: RewriteRule {
  public let name = "merge transposes"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let last = node.op as? Transpose, let first = context.producer(node, 0, as: Transpose.self),
      let rank = context.shape(node, 0)?.rank, let x = first.node.inputs[0]
    else { return nil }
    let inner = try first.op.order(rank: rank)
    let order = try last.order(rank: rank).map { inner[$0] }
    if order == Array(0..<rank), let patch = context.bypass(node, with: x) { return patch }
    return context.fuse([node], into: Transpose(permutation: order), inputs: [x], name: node.name)
  }
}
