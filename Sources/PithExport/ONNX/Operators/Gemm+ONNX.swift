import PithGraph

extension Gemm: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, name,
      attributes: [
        ("alpha", .float(alpha)), ("beta", .float(beta)), ("transA", .int(transposesA ? 1 : 0)),
        ("transB", .int(transposesB ? 1 : 0)),
      ])
  }
}
