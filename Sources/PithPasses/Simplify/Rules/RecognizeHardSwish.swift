import PithGraph

/// Recognizes x · HardSigmoid(x) with a slope of 1/6 and an offset of 1/2.
///
/// Howard et al., "Searching for MobileNetV3", 2019, section 5.2.
public struct RecognizeHardSwish: RewriteRule {
  public let name = "recognize hard swish"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Mul, node.inputs.count == 2 else { return nil }
    for (data, gate) in [(0, 1), (1, 0)] {
      guard let sigmoid = context.soleProducer(node, gate, as: HardSigmoid.self),
        abs(sigmoid.op.alpha * 6 - 1) <= 2 * Float.ulpOfOne, sigmoid.op.beta == 0.5,
        let x = node.inputs[data], sigmoid.node.inputs[0] == x
      else { continue }
      return context.fuse([sigmoid.node, node], into: HardSwish(), inputs: [x], name: node.name)
    }
    return nil
  }
}
