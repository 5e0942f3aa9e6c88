import PithGraph

/// BATCH_MATMUL: products of matrices, either of them transposed where asked.
enum TFLiteBatchMatMul: TFLiteReader {
  static let opTypes = ["BATCH_MATMUL"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let options = try node.options(.batchMatMul)
    func factor(_ index: Int, isTransposed: Bool) throws -> ValueID {
      if index == 1, let tensor = try builder.constant(node, 1), tensor.rank == 2 {
        return try builder.weights(node, 1, order: isTransposed ? [1, 0] : [0, 1])
      }
      let x = try builder.required(node, index)
      guard isTransposed else { return x }
      let rank = try builder.type(x).shape.rank
      guard rank >= 2 else { throw GraphError("a vector cannot be transposed") }
      let order = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
      return try builder.part(Transpose(permutation: order), node, "factor\(index)", [x])
    }
    try builder.emit(
      MatMul(), node,
      inputs: [
        try factor(0, isTransposed: try options?.bool(0) ?? false),
        try factor(1, isTransposed: try options?.bool(1) ?? false),
      ])
  }
}
