import PithGraph

extension Tanh: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Tanh(), node)
  }
}
