import PithGraph

extension Mod: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("fmod", .int(truncates ? 1 : 0))])
  }
}
