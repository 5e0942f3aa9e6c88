import PithGraph

extension BatchNormalization: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("epsilon", .float(epsilon))])
  }
}
