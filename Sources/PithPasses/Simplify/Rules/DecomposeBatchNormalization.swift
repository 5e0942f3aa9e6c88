import PithGraph

/// Turns a batch normalization that no Conv or Gemm takes in into a multiplication and an addition by channel.
public struct DecomposeBatchNormalization: RewriteRule {
  public let name = "decompose batch normalization"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is BatchNormalization, let affine = ChannelAffine(node, in: context),
      let rank = context.shape(node, 0)?.rank, let scale = finiteFloats(affine.scale),
      let shift = finiteFloats(affine.shift)
    else { return nil }
    let shape = [scale.count] + Array(repeating: 1, count: rank - 2)
    var patch = Patch(context.graph)
    patch.remove(node.id)
    let product = patch.addValue("\(context.graph[node.outputs[0]].name).scaled")
    let factor = patch.addConstant(context.name(node, 1, or: "scale"), Tensor(shape: shape, floats: scale))
    let term = patch.addConstant(context.name(node, 2, or: "shift"), Tensor(shape: shape, floats: shift))
    patch.addNode(Mul(), inputs: [affine.input, factor], outputs: [product], name: "\(node.label).scale")
    patch.addNode(Add(), inputs: [product, term], outputs: node.outputs, name: node.name)
    return patch
  }
}
