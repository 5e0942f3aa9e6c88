import PithGraph

extension OneHot: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(OneHot(axis: try node.int("axis") ?? -1), node)
  }
}
