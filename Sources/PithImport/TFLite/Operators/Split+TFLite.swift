import PithGraph

/// SPLIT into equal parts and SPLIT_V into parts of given sizes.
enum TFLiteSplit: TFLiteReader {
  static let opTypes = ["SPLIT", "SPLIT_V"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let count = node.outputs.count
    if node.opType == "SPLIT" {
      let x = try builder.required(node, 1)
      let axis = try builder.integer(node, 0)
      let type = try builder.type(x)
      if let size = type.shape[try Operands.axis(axis, rank: type.shape.rank)].size, size % count != 0 {
        throw GraphError("an axis of \(size) cannot be split into \(count) equal parts")
      }
      return try builder.emit(Split(axis: axis, partCount: count), node, inputs: [x], keeping: 1)
    }
    guard var sizes = try builder.integers(node, 1) else { throw GraphError("the sizes are missing") }
    let x = try builder.required(node, 0)
    let axis = try builder.integer(node, 2)
    // One size may be −1: what the others leave.
    if let rest = sizes.firstIndex(of: -1) {
      let shape = try builder.type(x).shape
      guard let size = shape[try Operands.axis(axis, rank: shape.rank)].size,
        sizes.allSatisfy({ $0.magnitude < 1 << 31 })
      else { throw GraphError("the size of axis \(axis) is not known") }
      sizes[rest] = size - (sizes.reduce(0, +) + 1)
    }
    try builder.emit(
      Split(axis: axis, partCount: count), node,
      inputs: [x, builder.constant(node, "sizes", Tensor(ints: sizes))], keeping: 0)
  }
}
