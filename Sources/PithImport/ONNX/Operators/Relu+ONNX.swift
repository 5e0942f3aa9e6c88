import PithGraph

extension Relu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Relu(), node)
  }
}
