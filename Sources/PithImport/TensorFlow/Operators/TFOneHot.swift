import PithGraph

/// A row for each index, with one value at its place and another everywhere else.
enum TFOneHot: TFReader {
  static let operators = ["OneHot"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let depth = builder.constant(
      node, "depth", Tensor(shape: [], ints: [try builder.number(node, 1, "the depth")]))
    let (on, off) = (try builder.tensor(node, 2), try builder.tensor(node, 3))
    let both = try [off, on].enumerated().map { index, scalar in
      try builder.part(Unsqueeze(), node, "value\(index)", [scalar, builder.list([0])])
    }
    let values = try builder.part(Concat(axis: 0), node, "values", both)
    let op = OneHot(axis: try node.int("axis", default: -1))
    return [.tensor(try builder.emit(op, node, [try builder.tensor(node, 0), depth, values]))]
  }
}
