import PithGraph

extension HardSigmoid: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      HardSigmoid(alpha: try node.float("alpha") ?? 0.2, beta: try node.float("beta") ?? 0.5), node)
  }
}
