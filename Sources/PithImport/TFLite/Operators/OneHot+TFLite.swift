import PithGraph

/// ONE_HOT: operands are the indices, the depth, and what stands at an index and elsewhere.
enum TFLiteOneHot: TFLiteReader {
  static let opTypes = ["ONE_HOT"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let depth = builder.constant(node, "depth", Tensor(ints: [try builder.integer(node, 1)]))
    let zero = builder.constant(node, "zero", Tensor(ints: [0]))
    let parts = try [3, 2].map { index in
      try builder.part(Unsqueeze(), node, "value\(index)", [try builder.required(node, index), zero])
    }
    let values = try builder.part(Concat(axis: 0), node, "values", parts)
    try builder.emit(
      OneHot(axis: try node.options(.oneHot)?.int(0) ?? 0), node,
      inputs: [try builder.required(node, 0), depth, values])
  }
}
