import PithGraph

extension Add: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Add(), node)
  }
}
