import PithGraph

extension CumSum: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      CumSum(isExclusive: try node.flag("exclusive"), isReversed: try node.flag("reverse")), node)
  }
}
