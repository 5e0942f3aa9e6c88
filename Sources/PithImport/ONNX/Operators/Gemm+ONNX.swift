import PithGraph

extension Gemm: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let op = Gemm(
      alpha: try node.float("alpha") ?? 1, beta: try node.float("beta") ?? 1,
      transposesA: try node.flag("transA"), transposesB: try node.flag("transB"))
    try builder.emit(op, node)
  }
}
