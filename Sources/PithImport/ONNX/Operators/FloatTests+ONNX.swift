import PithGraph

extension IsInf: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      IsInf(
        detectsNegative: try node.flag("detect_negative", default: true),
        detectsPositive: try node.flag("detect_positive", default: true)), node)
  }
}
