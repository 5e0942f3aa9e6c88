import PithGraph

/// QUANTIZE and DEQUANTIZE: the value itself, rounded as its result is stored.
enum TFLiteQuantize: TFLiteReader {
  static let opTypes = ["QUANTIZE", "DEQUANTIZE"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    // Weights that are stored in fewer bits are constants still.
    if node.opType == "DEQUANTIZE", try builder.alias(node) { return }
    try builder.bind(node, to: try builder.required(node, 0), keeping: 0)
  }
}
