import PithGraph

/// Replaces a Relu or Clip after a Relu or Clip by one, a Clip from 0 up by a Relu, and removes a Clip without bounds.
public struct MergeActivations: RewriteRule {
  public let name = "merge activations"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let last = Clamp(node, in: context), let x = node.inputs[0] else { return nil }
    if last.isIdentity { return context.bypass(node, with: x) }
    guard let first = context.producer(node, 0), let clamp = Clamp(first, in: context) else {
      guard node.op is Clip, last.activation == .relu else { return nil }
      return context.fuse([node], into: Relu(), inputs: [x], name: node.name)
    }
    let merged = clamp.followed(by: last)
    if merged == clamp { return context.bypass(node, with: x) }
    if merged.activation == .relu {
      return context.fuse([node], into: Relu(), inputs: [first.inputs[0]], name: node.name)
    }
    return context.fuse([node], into: Clip(), inputs: [first.inputs[0]], name: node.name) { patch in
      let low = patch.addConstant("\(node.label).minimum", Tensor(merged.low))
      return [low, patch.addConstant("\(node.label).maximum", Tensor(merged.high))]
    }
  }
}
