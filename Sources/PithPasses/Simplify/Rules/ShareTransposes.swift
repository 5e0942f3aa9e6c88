import PithGraph

/// Makes one of several transposes that do the same to the same value.
public struct ShareTransposes: RewriteRule {
  public let name = "share transposes"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let op = node.op as? Transpose, let x = node.inputs[0], let rank = context.shape(node, 0)?.rank
    else { return nil }
    let order = try op.order(rank: rank)
    // The one with the lowest number stays, so that two do not replace each other.
    let same = try (context.consumers[x] ?? []).first { other in
      guard other.id < node.id, let other = other.op as? Transpose else { return false }
      return try other.order(rank: rank) == order
    }
    return same.flatMap { context.bypass(node, with: $0.outputs[0]) }
  }
}
