import PithGraph

extension CumSum: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, name,
      attributes: [("exclusive", .int(isExclusive ? 1 : 0)), ("reverse", .int(isReversed ? 1 : 0))])
  }
}
