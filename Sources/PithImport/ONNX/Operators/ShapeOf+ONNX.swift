import PithGraph

extension ShapeOf: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(ShapeOf(start: try node.int("start") ?? 0, end: try node.int("end")), node)
  }
}
