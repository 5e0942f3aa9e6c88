import PithGraph

extension ReverseSequence: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      ReverseSequence(timeAxis: try node.int("time_axis") ?? 0, batchAxis: try node.int("batch_axis") ?? 1),
      node)
  }
}
