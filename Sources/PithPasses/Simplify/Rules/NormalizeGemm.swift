import PithGraph

/// Brings a Gemm with constant weights to one form: weights `[N, K]` with `transposesB`, a bias `[N]` or none, and
/// alpha and beta of 1.
public struct NormalizeGemm: RewriteRule {
  public let name = "normalize Gemm"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let gemm = node.op as? Gemm, let weights = context.constant(node, 1), weights.rank == 2,
      let floats = weights.floats, let output = context.outputType(node)?.shape
    else { return nil }
    let bias = try self.bias(of: gemm, node, output, in: context)
    guard !gemm.transposesB || gemm.alpha != 1 || bias.changes else { return nil }
    guard let newWeights = normalized(floats, weights.shape, gemm) else { return nil }

    var patch = Patch(context.graph)
    patch.remove(node.id)
    var inputs = [node.inputs[0]]
    inputs.append(patch.addConstant(context.name(node, 1, or: "weight"), newWeights))
    var op = gemm
    (op.alpha, op.transposesB) = (1, true)
    if let tensor = bias.tensor {
      inputs.append(patch.addConstant(context.name(node, 2, or: "bias"), tensor))
      op.beta = 1
    } else if context.has(node, 2), !bias.changes {
      inputs.append(node.inputs[2])
    } else {
      op.beta = 1
    }
    patch.addNode(op, inputs: inputs, outputs: node.outputs, name: node.name)
    return patch
  }

  /// Alpha times the weights as `[N, K]`.
  private func normalized(_ floats: [Float], _ shape: [Int], _ gemm: Gemm) -> Tensor? {
    let (rows, columns) = (shape[0], shape[1])
    var result = floats
    if !gemm.transposesB {
      for row in 0..<rows {
        for column in 0..<columns { result[column * rows + row] = floats[row * columns + column] }
      }
    }
    if gemm.alpha != 1 {
      guard let scaled = finiteFloats(result.map { Double($0) * Double(gemm.alpha) }) else { return nil }
      result = scaled
    }
    return Tensor(shape: gemm.transposesB ? shape : [columns, rows], floats: result)
  }

  /// The bias as `[N]` with beta in it, and whether that differs from what is there. A bias that is not constant or
  /// not the same for every row stays.
  private func bias(
    of gemm: Gemm, _ node: Node, _ output: Shape, in context: RewriteContext
  ) throws -> (tensor: Tensor?, changes: Bool) {
    guard context.has(node, 2) else { return (nil, node.inputs.count > 2 || gemm.beta != 1) }
    guard let constant = context.constant(node, 2), let channels = constant.channels(of: output) else {
      // Beta of 0 means that the bias does not count.
      return (nil, gemm.beta == 0)
    }
    if gemm.beta == 0 { return (nil, true) }
    guard gemm.beta != 1 || constant.shape != [channels.count] else { return (nil, false) }
    guard let floats = finiteFloats(channels.map { $0 * Double(gemm.beta) }) else { return (nil, false) }
    return (Tensor(shape: [channels.count], floats: floats), true)
  }
}
