import PithGraph

/// Moves a Relu, or a Clip with constant bounds, into the Conv, Gemm or Add that it alone reads.
public struct FuseActivation: RewriteRule {
  public let name = "fuse activation"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let clamp = Clamp(node, in: context), let producer = context.producer(node, 0),
      producer.outputs.count == 1, context.onlyConsumer(producer.outputs[0]) != nil,
      var op = producer.op as? any ActivationFusible
    else { return nil }
    if let before = op.activation {
      guard let first = Clamp(before) else { return nil }
      op.activation = first.followed(by: clamp).activation
    } else {
      op.activation = clamp.activation
    }
    return context.fuse([producer, node], into: op, inputs: producer.inputs, name: producer.name)
  }
}
