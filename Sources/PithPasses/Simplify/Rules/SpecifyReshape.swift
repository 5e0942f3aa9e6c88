import PithGraph

/// Gives a Reshape whose new shape is computed (Shape, Gather, Concat and so on over a symbolic batch) a constant one,
/// with 0 for a copied axis or -1 for the one that is not known; a Squeeze or Unsqueeze becomes such a Reshape too.
public struct SpecifyReshape: RewriteRule {
  public let name = "specify reshape"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    switch node.op {
    case is Reshape: guard context.constant(node, 1) == nil else { return nil }
    case is Squeeze, is Unsqueeze: break
    default: return nil
    }
    guard let x = node.inputs[0], let from = context.shape(node, 0), let to = context.outputType(node)?.shape,
      let reshaping = Reshaping(from: from, to: to)
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    reshaping.add(to: &patch, input: x, output: node.outputs[0], name: node.label)
    return patch
  }
}
