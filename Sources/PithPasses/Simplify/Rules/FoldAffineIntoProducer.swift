import PithGraph

/// Folds a batch normalization, or an addition or multiplication by constants of one number a channel, into the weights
/// and bias of the Conv or Gemm before it.
///
/// Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018,
/// section 3.2.
public struct FoldAffineIntoProducer: RewriteRule {
  public let name = "fold scale and shift into producer"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let affine = ChannelAffine(node, in: context), context.onlyConsumer(affine.input) != nil,
      let producer = context.producers[affine.input], producer.outputs.count == 1,
      let layer = LinearLayer(producer, in: context), layer.activation == nil,
      let folded = layer.followed(by: affine)
    else { return nil }
    return folded.patch(replacing: [producer, node], in: context)
  }
}
