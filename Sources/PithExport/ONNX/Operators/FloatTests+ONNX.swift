import PithGraph

extension IsInf: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, name,
      attributes: [
        ("detect_negative", .int(detectsNegative ? 1 : 0)),
        ("detect_positive", .int(detectsPositive ? 1 : 0)),
      ])
  }
}
