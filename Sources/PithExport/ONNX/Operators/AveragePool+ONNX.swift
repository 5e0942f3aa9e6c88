import PithGraph

extension AveragePool: ONNXWritable {
  /// Dilations came with opset 19.
  var minimumOpset: Int {
    window.dilations.contains { $0 != 1 } ? 19 : ONNXExporter.supportedOpsets.lowerBound
  }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let padding: [(name: String, value: ONNXNodeDraft.Attribute)] =
      countsPadding ? [("count_include_pad", .int(1))] : []
    try writer.emit(node, name, attributes: ONNXGraphWriter.attributes(window) + padding)
  }
}
