import PithGraph

extension Constant: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("value", .tensor(tensor))])
  }
}
