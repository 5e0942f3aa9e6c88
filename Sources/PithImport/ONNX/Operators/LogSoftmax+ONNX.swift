import PithGraph

extension LogSoftmax: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.readSoftmax(node) { LogSoftmax(axis: $0) }
  }
}

extension Hardmax: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.readSoftmax(node) { Hardmax(axis: $0) }
  }
}
