import PithGraph

extension Concat: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis))])
  }
}
