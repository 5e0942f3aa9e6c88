import PithGraph

/// ArgMax and ArgMin, which have the same attributes.
protocol ONNXReadableArgExtreme: ONNXReadable, ArgExtreme {}

extension ArgMax: ONNXReadableArgExtreme {}
extension ArgMin: ONNXReadableArgExtreme {}

extension ONNXReadableArgExtreme {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      Self(
        axis: try node.int("axis") ?? 0, keepsDimensions: try node.flag("keepdims", default: true),
        selectsLast: try node.flag("select_last_index")), node)
  }
}
