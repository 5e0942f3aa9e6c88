import PithGraph

extension HardSwish: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(HardSwish(), node)
  }
}
