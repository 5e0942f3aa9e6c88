import PithGraph

/// TOPK_V2: the largest elements along the last axis, and where they stand.
enum TFLiteTopK: TFLiteReader {
  static let opTypes = ["TOPK_V2"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let count = builder.constant(node, "count", Tensor(ints: [try builder.integer(node, 1)]))
    let results = try builder.add(
      TopK(axis: -1), [try builder.required(node, 0), count],
      outputs: ["\(node.name).values", "\(node.name).indices"], name: node.name)
    try builder.bind(node, to: results[0], keeping: 0)
    guard node.outputs.count > 1 else { return }
    let element = try builder.result(node, 1).element.element ?? .int32
    try builder.bind(
      node, to: try builder.part(Cast(to: element), node, "cast", [results[1]]), index: 1)
  }
}
