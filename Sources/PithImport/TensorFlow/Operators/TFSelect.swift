import PithGraph

/// Elements of two tensors by a condition.
enum TFSelect: TFReader {
  static let operators = ["Select", "SelectV2"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    var operands = try builder.tensors(node, 0..<3)
    let condition = try builder.type(operands[0]).shape
    let rank = try builder.type(operands[1]).shape.rank
    if node.op == "Select", condition.rank == 1, rank > 1 {
      // The older form takes a vector for the first axis.
      operands[0] = try builder.part(
        Unsqueeze(), node, "condition", [operands[0], builder.list(Array(1..<rank))])
    }
    return [.tensor(try builder.emit(Where(), node, operands))]
  }
}
