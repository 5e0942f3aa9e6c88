import PithGraph

extension ArgMax: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws { try writer.emitArgExtreme(self, node) }
}

extension ArgMin: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws { try writer.emitArgExtreme(self, node) }
}

extension ONNXGraphWriter {
  fileprivate func emitArgExtreme(_ op: some ArgExtreme, _ node: Node) throws {
    try emit(
      node, op.name,
      attributes: [
        ("axis", .int(op.axis)), ("keepdims", .int(op.keepsDimensions ? 1 : 0)),
        ("select_last_index", .int(op.selectsLast ? 1 : 0)),
      ])
  }
}
