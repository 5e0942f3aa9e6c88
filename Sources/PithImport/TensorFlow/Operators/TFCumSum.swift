import PithGraph

/// Running sums along an axis.
enum TFCumSum: TFReader {
  static let operators = ["Cumsum"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let axis = builder.constant(
      node, "axis", Tensor(shape: [], ints: [try builder.number(node, 1, "the axis")]))
    let op = CumSum(isExclusive: try node.flag("exclusive"), isReversed: try node.flag("reverse"))
    return [.tensor(try builder.emit(op, node, [try builder.tensor(node, 0), axis]))]
  }
}
