import PithGraph

extension Cast: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("to", .int(Int(element.onnx)))])
  }
}
