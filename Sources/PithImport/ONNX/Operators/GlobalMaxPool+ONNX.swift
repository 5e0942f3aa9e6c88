import PithGraph

extension GlobalMaxPool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(GlobalMaxPool(), node)
  }
}
