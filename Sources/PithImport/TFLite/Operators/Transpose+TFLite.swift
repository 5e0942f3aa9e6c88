import PithGraph

/// TRANSPOSE: axes in another order.
enum TFLiteTranspose: TFLiteReader {
  static let opTypes = ["TRANSPOSE"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard let order = try builder.integers(node, 1) else { throw GraphError("the new order is missing") }
    let rank = order.count
    let op = Transpose(permutation: try order.map { try Operands.axis($0, rank: rank) })
    try builder.emit(op, node, inputs: [try builder.required(node, 0)], keeping: 0)
  }
}
