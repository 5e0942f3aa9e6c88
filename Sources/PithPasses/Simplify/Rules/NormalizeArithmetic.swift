import PithGraph

/// Writes x - c as x + (-c), and x / c as x · (1 / c) where every 1 / c is exact, so that later stages meet fewer forms.
public struct NormalizeArithmetic: RewriteRule {
  public let name = "normalize arithmetic"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Sub || node.op is Div, context.constant(node, 0) == nil,
      let constant = context.constant(node, 1), let floats = constant.floats
    else { return nil }
    let isDivision = node.op is Div
    if isDivision, !floats.allSatisfy(Self.hasExactReciprocal) { return nil }
    let values = floats.map { isDivision ? 1 / $0 : -$0 }
    let op: any Operator = isDivision ? Mul() : Add()
    return context.fuse([node], into: op, inputs: [node.inputs[0]], name: node.name) { patch in
      [patch.addConstant(context.name(node, 1, or: "c"), Tensor(shape: constant.shape, floats: values))]
    }
  }

  /// Powers of two whose reciprocal is a normal number.
  private static func hasExactReciprocal(_ value: Float) -> Bool {
    value.isNormal && value.significand == 1 && (1 / value).isNormal
  }
}
