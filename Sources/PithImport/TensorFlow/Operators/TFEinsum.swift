import PithGraph

/// Einstein's summation where it is a matrix product.
enum TFEinsum: TFReader {
  static let operators = ["Einsum"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let operands = try builder.tensors(node, 0..<node.inputs.count)
    return [.tensor(try builder.einsum(try node.string("equation"), operands, name: node.name))]
  }
}
