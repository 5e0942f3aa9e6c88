import PithGraph

extension LeakyRelu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(LeakyRelu(alpha: try node.float("alpha") ?? 0.01), node)
  }
}
