import PithGraph

extension LRN: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let size = try node.int("size") else { throw GraphError("attribute 'size' is missing") }
    try builder.emit(
      LRN(
        size: size, alpha: try node.float("alpha") ?? 0.0001, beta: try node.float("beta") ?? 0.75,
        bias: try node.float("bias") ?? 1), node)
  }
}
