import PithGraph

extension HardSigmoid: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("alpha", .float(alpha)), ("beta", .float(beta))])
  }
}
