import PithGraph

/// Matrix products, of which either factor may be transposed.
enum TFMatMul: TFReader {
  static let operators = ["MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    var factors = try builder.tensors(node, 0..<2)
    let names = node.op == "MatMul" ? ["transpose_a", "transpose_b"] : ["adj_x", "adj_y"]
    for index in 0..<2 where try node.flag(names[index]) {
      let rank = try builder.type(factors[index]).shape.rank
      guard rank >= 2 else { throw GraphError("a factor of \(rank) axes cannot be transposed") }
      let order = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
      factors[index] = try builder.transposed(factors[index], order, name: "\(node.name).\(names[index])")
    }
    return [.tensor(try builder.emit(MatMul(), node, factors))]
  }
}
