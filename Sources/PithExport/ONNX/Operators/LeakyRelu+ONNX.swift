import PithGraph

extension LeakyRelu: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("alpha", .float(alpha))])
  }
}
