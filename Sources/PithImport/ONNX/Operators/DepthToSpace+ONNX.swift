import PithGraph

extension DepthToSpace: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let size = try node.int("blocksize") else { throw GraphError("attribute 'blocksize' is missing") }
    try builder.emit(
      DepthToSpace(blockSize: size, order: try node.choice("mode", default: .depthColumnRow)), node)
  }
}

extension SpaceToDepth: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let size = try node.int("blocksize") else { throw GraphError("attribute 'blocksize' is missing") }
    try builder.emit(SpaceToDepth(blockSize: size), node)
  }
}
