import PithGraph

/// GATHER along an axis, and EMBEDDING_LOOKUP, which is one along the first with the operands the other way around.
enum TFLiteGather: TFLiteReader {
  static let opTypes = ["GATHER", "EMBEDDING_LOOKUP"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    if node.opType == "EMBEDDING_LOOKUP" {
      return try builder.emit(
        Gather(axis: 0), node, inputs: [try builder.required(node, 1), try builder.required(node, 0)],
        keeping: 1)
    }
    let options = try node.options(.gather)
    guard try options?.int(1) ?? 0 == 0 else {
      throw GraphError("it has batch axes, which is not supported")
    }
    try builder.emit(Gather(axis: try options?.int(0) ?? 0), node, keeping: 0)
  }
}
