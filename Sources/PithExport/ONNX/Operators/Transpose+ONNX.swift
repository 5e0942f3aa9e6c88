import PithGraph

extension Transpose: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: permutation.map { [("perm", .ints($0))] } ?? [])
  }
}
