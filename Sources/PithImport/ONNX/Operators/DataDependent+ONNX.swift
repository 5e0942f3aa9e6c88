import PithGraph

extension NonZero: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(NonZero(countName: "\(builder.name(node)).count"), node)
  }
}

extension Compress: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Compress(axis: try node.int("axis"), countName: "\(builder.name(node)).count"), node)
  }
}
