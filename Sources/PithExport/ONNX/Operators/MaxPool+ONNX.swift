import PithGraph

extension MaxPool: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: ONNXGraphWriter.attributes(window))
  }
}
