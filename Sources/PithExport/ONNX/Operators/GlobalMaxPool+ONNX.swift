import PithGraph

extension GlobalMaxPool: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name)
  }
}
