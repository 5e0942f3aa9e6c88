import PithGraph

/// Turns a product of rows `[…, K]` with a constant `[K, N]`, to which a bias `[N]` is added, into a Gemm over all rows, which
/// has the bias in its sums: what exporters write of a linear layer over a sequence.
public struct BiasedMatMulToGemm: RewriteRule {
  public let name = "biased matrix product to Gemm"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let add = node.op as? Add, let output = context.outputType(node)?.shape, output.rank > 2 else {
      return nil
    }
    for (sum, other) in [(0, 1), (1, 0)] {
      guard let product = context.producer(node, sum), product.op is MatMul,
        context.onlyConsumer(product.outputs[0]) != nil, let weights = context.constant(product, 1),
        weights.rank == 2, weights.element == .float32, context.outputType(product)?.shape == output,
        context.shape(product, 0)?.rank == output.rank, let bias = context.constant(node, other),
        bias.element == .float32, bias.shape.last == weights.shape[1], bias.count == weights.shape[1],
        let target = target(output)
      else { continue }
      var patch = Patch(context.graph)
      patch.remove(product.id)
      patch.remove(node.id)
      let rows = patch.addValue("\(node.name).rows")
      let result = patch.addValue("\(node.name).sums")
      let flat = patch.addConstant("\(node.name).rows.shape", Tensor(ints: [-1, weights.shape[0]]))
      let shape = patch.addConstant("\(node.name).shape", Tensor(ints: target))
      let vector = patch.addConstant(context.name(node, other, or: "bias"), bias.reshaped([bias.count]))
      patch.addNode(Reshape(), inputs: [product.inputs[0], flat], outputs: [rows], name: "\(node.name).rows")
      patch.addNode(
        Gemm(activation: add.activation), inputs: [rows, product.inputs[1], vector], outputs: [result],
        name: product.name)
      patch.addNode(Reshape(), inputs: [result, shape], outputs: node.outputs, name: node.name)
      return patch
    }
    return nil
  }

  /// The output's shape with −1 for an axis whose size is not known; nil where there are several, or one is empty.
  private func target(_ shape: Shape) -> [Int]? {
    let sizes = shape.dimensions.map { $0.size ?? -1 }
    return sizes.filter { $0 < 0 }.count <= 1 && !sizes.contains(0) ? sizes : nil
  }
}
