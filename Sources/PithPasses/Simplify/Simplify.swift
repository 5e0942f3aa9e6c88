import PithGraph

/// Rewrites that leave what a network computes as it is and make it smaller: what exporters write only for lack of
/// something better disappears, and what a device computes as one operation becomes one node.
///
/// Names and values of the graph's outputs stay. Values stay within 1e-5 relative in fp32, since folded weights are
/// computed in Double and rounded once.
public enum Simplify {
  /// The rules in the order in which they are tried at each node.
  ///
  /// Removal comes first, so that the rest sees the plain pattern; an affine map folds into a Conv or Gemm before it is
  /// taken apart; an activation is recognized before its pieces are fused away.
  public static let rules: [any RewriteRule] = [
    RemoveDeadNodes(), FoldConstants(), FoldKnownContents(), RemoveIdentity(), RemoveNoOp(),
    ShareTransposes(), MergeTransposes(), TransposeToReshape(), SinkTranspose(), MergeReshapes(),
    SpecifyReshape(),
    MergeMovements(),
    UseGlobalAveragePool(), FoldPad(), MatMulToGemm(), BiasedMatMulToGemm(), NormalizeGemm(),
    FoldTransposeIntoGemm(),
    RecognizeHardSigmoid(), RecognizeHardSwish(), RecognizeGelu(), RemoveZeroState(),
    FoldAffineIntoProducer(), FoldAffineIntoConsumer(), DecomposeGroupNormalization(),
    DecomposeBatchNormalization(), NormalizeArithmetic(),
    MergeActivations(), HoistActivation(), FuseActivation(),
  ]

  /// Rules that recognize what exporters write out in many nodes, which the others would take apart. They come first.
  public static let recognition: [any RewriteRule] = [
    FoldConstants(), RollRecurrence(), RecognizeLayerNormalization(),
  ]

  /// Applies the rules until none applies.
  ///
  /// - Parameter limit: how many rewrites to do at most, to find by bisection the one that is wrong.
  /// - Returns: the new graph, its values renumbered and constants that nobody reads dropped, and what was done, in order.
  /// - Throws: `GraphError` where the graph is not valid.
  public static func run(_ graph: Graph, limit: Int = .max) throws -> (graph: Graph, log: [AppliedRewrite]) {
    let (recognized, first) = try graph.rewritten(by: recognition, limit: limit)
    let (rewritten, second) = try recognized.rewritten(by: rules, limit: limit - first.count)
    return (try rewritten.compacted(), first + second)
  }
}
