import PithGraph

/// Where the largest or smallest element along an axis is.
enum TFArgMax: TFReader {
  static let operators = ["ArgMax", "ArgMin"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let axis = try builder.number(node, 1, "the axis")
    let op: any Operator =
      node.op == "ArgMax"
      ? ArgMax(axis: axis, keepsDimensions: false) : ArgMin(axis: axis, keepsDimensions: false)
    return [.tensor(try builder.emit(op, node, [try builder.tensor(node, 0)]))]
  }
}
