import PithGraph

/// A sum of any number of tensors, which becomes a chain of additions.
enum TFAddN: TFReader {
  static let operators = ["AddN", "AccumulateNV2"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let terms = try builder.tensors(node, 0..<node.inputs.count)
    guard var total = terms.first else { throw GraphError("it has no operands") }
    for (index, term) in terms.enumerated().dropFirst() {
      total =
        index == terms.count - 1
        ? try builder.emit(Add(), node, [total, term])
        : try builder.part(Add(), node, "sum\(index)", [total, term])
    }
    return [.tensor(total)]
  }
}
