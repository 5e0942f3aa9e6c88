import PithGraph

extension ShapeOf: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = []
    if start != 0 { attributes.append(("start", .int(start))) }
    if let end { attributes.append(("end", .int(end))) }
    try writer.emit(node, name, attributes: attributes)
  }
}
