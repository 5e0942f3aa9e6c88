import PithGraph

extension ArgMax: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      ArgMax(
        axis: try node.int("axis") ?? 0, keepsDimensions: try node.flag("keepdims", default: true),
        selectsLast: try node.flag("select_last_index")), node)
  }
}

extension ArgMin: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      ArgMin(
        axis: try node.int("axis") ?? 0, keepsDimensions: try node.flag("keepdims", default: true),
        selectsLast: try node.flag("select_last_index")), node)
  }
}
