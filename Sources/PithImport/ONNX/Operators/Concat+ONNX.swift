import PithGraph

extension Concat: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let axis = try node.int("axis") else { throw GraphError("attribute 'axis' is missing") }
    try builder.emit(Concat(axis: axis), node)
  }
}
