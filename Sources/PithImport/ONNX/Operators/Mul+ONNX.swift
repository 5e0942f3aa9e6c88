import PithGraph

extension Mul: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Mul(), node)
  }
}
