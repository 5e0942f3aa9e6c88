import PithGraph

extension MatMul: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(MatMul(), node)
  }
}
