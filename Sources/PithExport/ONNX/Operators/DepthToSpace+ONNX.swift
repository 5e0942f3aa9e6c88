import PithGraph

extension DepthToSpace: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, name, attributes: [("blocksize", .int(blockSize)), ("mode", .string(order.rawValue))])
  }
}

extension SpaceToDepth: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("blocksize", .int(blockSize))])
  }
}
