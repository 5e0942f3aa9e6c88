import PithGraph

/// The largest elements of the last axis, and where they are.
enum TFTopK: TFReader {
  static let operators = ["TopKV2"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let count = builder.list([try builder.number(node, 1, "k")])
    let results = try builder.add(
      TopK(axis: -1), [try builder.tensor(node, 0), count], outputs: [node.name, "\(node.name):1"],
      name: node.name)
    return results.map { .tensor($0) }
  }
}
