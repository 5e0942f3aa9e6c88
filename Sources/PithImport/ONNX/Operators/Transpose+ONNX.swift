import PithGraph

extension Transpose: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Transpose(permutation: try node.ints("perm")), node)
  }
}
