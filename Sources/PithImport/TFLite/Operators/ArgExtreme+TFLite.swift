import PithGraph

/// ARG_MAX and ARG_MIN: where the first extreme element along an axis stands.
enum TFLiteArgExtreme: TFLiteReader {
  static let opTypes = ["ARG_MAX", "ARG_MIN"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let axis = try builder.integer(node, 1)
    let op: any Operator =
      node.opType == "ARG_MAX"
      ? ArgMax(axis: axis, keepsDimensions: false) : ArgMin(axis: axis, keepsDimensions: false)
    let index = try builder.part(op, node, "index", [try builder.required(node, 0)])
    try builder.emit(Cast(to: try builder.result(node).element.element ?? .int64), node, inputs: [index])
  }
}
