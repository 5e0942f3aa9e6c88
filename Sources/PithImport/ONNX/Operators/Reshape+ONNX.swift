import PithGraph

extension Reshape: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Reshape(allowsZero: try node.flag("allowzero")), node)
  }
}
