import PithGraph

/// Folds a batch normalization, or an addition or multiplication by constants of one number a channel, into the weights
/// and bias of the Conv or Gemm after it.
///
/// A shift passes a Conv without padding only: padded pixels are 0 after the shift, not before it.
public struct FoldAffineIntoConsumer: RewriteRule {
  public let name = "fold scale and shift into consumer"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let layer = LinearLayer(node, in: context), let x = node.inputs[0],
      context.onlyConsumer(x) != nil, let producer = context.producers[x],
      let affine = ChannelAffine(producer, in: context), affine.activation == nil,
      let folded = layer.preceded(by: affine)
    else { return nil }
    return folded.patch(replacing: [producer, node], in: context)
  }
}
