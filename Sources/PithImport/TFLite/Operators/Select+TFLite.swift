import PithGraph

/// SELECT and SELECT_V2: of two operands the one that a condition says, element by element.
enum TFLiteSelect: TFLiteReader {
  static let opTypes = ["SELECT", "SELECT_V2"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    var condition = try builder.required(node, 0)
    let rank = try builder.type(try builder.required(node, 1)).shape.rank
    let own = try builder.type(condition).shape.rank
    // The older operator takes a vector as one condition for each index of the first axis.
    if node.opType == "SELECT", own == 1, rank > 1 {
      let axes = builder.constant(node, "axes", Tensor(ints: Array(1..<rank)))
      condition = try builder.part(Unsqueeze(), node, "condition", [condition, axes])
    }
    try builder.emit(
      Where(), node,
      inputs: [condition, try builder.required(node, 1), try builder.required(node, 2)])
  }
}
