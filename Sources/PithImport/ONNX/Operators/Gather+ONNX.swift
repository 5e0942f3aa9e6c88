import PithGraph

extension Gather: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Gather(axis: try node.int("axis") ?? 0), node)
  }
}
