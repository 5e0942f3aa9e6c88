import PithGraph

extension Flatten: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis))])
  }
}
