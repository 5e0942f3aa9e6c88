import PithGraph

extension Sigmoid: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Sigmoid(), node)
  }
}
