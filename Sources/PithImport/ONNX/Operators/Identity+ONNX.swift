import PithGraph

extension Identity: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Identity(), node)
  }
}
