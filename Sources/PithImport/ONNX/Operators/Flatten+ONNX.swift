import PithGraph

extension Flatten: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Flatten(axis: try node.int("axis") ?? 1), node)
  }
}
