import PithGraph

/// Turns a product of a matrix `[M, K]` with a constant `[K, N]` into a Gemm, which can take a bias and an activation.
public struct MatMulToGemm: RewriteRule {
  public let name = "matrix product to Gemm"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is MatMul, context.shape(node, 0)?.rank == 2, let weights = context.constant(node, 1),
      weights.rank == 2, weights.element == .float32
    else { return nil }
    return context.fuse([node], into: Gemm(), inputs: node.inputs, name: node.name)
  }
}
