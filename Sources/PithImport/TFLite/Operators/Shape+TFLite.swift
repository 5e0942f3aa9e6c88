import PithGraph

/// SHAPE and RANK: what is known of an operand before the network runs.
enum TFLiteShape: TFLiteReader {
  static let opTypes = ["SHAPE", "RANK"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let x = try builder.required(node, 0)
    if node.opType == "RANK" {
      let rank = try builder.type(x).shape.rank
      return try builder.bind(
        node, to: builder.constant(node, "rank", Tensor(shape: [], storage: .int32([Int32(rank)]))))
    }
    let shape = try builder.part(ShapeOf(), node, "shape", [x])
    try builder.emit(Cast(to: try builder.result(node).element.element ?? .int32), node, inputs: [shape])
  }
}

extension TFLiteGraphBuilder {
  /// A shape as the operand of a Reshape.
  /// - Parameter source: a value whose first axes the free sizes are.
  func sizes(_ shape: Shape, of source: ValueID, _ node: TFLiteNode) throws -> ValueID {
    if let sizes = shape.sizes { return constant(node, "shape", Tensor(ints: sizes)) }
    let all = try part(ShapeOf(), node, "sizes", [source])
    let own = try type(source).shape
    let parts = try shape.dimensions.enumerated().map { axis, dimension -> ValueID in
      if let size = dimension.size { return constant(node, "size\(axis)", Tensor(ints: [size])) }
      guard axis < own.rank, own[axis] == dimension else {
        throw GraphError("the size of axis \(axis) is not known")
      }
      return try part(
        Gather(axis: 0), node, "size\(axis)", [all, constant(node, "axis\(axis)", Tensor(ints: [axis]))])
    }
    return try part(Concat(axis: 0), node, "shape", parts)
  }
}
