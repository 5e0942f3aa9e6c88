import PithGraph

extension Reshape: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: allowsZero ? [("allowzero", .int(1))] : [])
  }
}
