import PithGraph

extension GlobalAveragePool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(GlobalAveragePool(), node)
  }
}
