import PithGraph

extension AveragePool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let window = try node.window()
    let countsPadding = try node.flag("count_include_pad")
    try builder.emit(AveragePool(window: window, countsPadding: countsPadding), node)
  }
}
