import PithGraph

extension Sub: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Sub(), node)
  }
}
