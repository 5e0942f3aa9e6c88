import PithGraph

/// Operators that copy elements to other places: SPACE_TO_DEPTH, DEPTH_TO_SPACE, TILE, BROADCAST_TO, FILL, GATHER_ND and
/// REVERSE_V2.
enum TFLiteRearrangement: TFLiteReader {
  static let opTypes = [
    "SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "TILE", "BROADCAST_TO", "FILL", "GATHER_ND", "REVERSE_V2",
  ]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    switch node.opType {
    case "SPACE_TO_DEPTH":
      let size = try node.options(.spaceToDepth)?.int(0) ?? 0
      try builder.emitOnPlanes(
        SpaceToDepth(blockSize: size), node, try builder.required(node, 0), keeping: 0)
    case "DEPTH_TO_SPACE":
      let size = try node.options(.depthToSpace)?.int(0) ?? 0
      try builder.emitOnPlanes(
        DepthToSpace(blockSize: size), node, try builder.required(node, 0), keeping: 0)
    case "TILE":
      try builder.emit(Tile(), node, inputs: [try builder.required(node, 0), try list(1)], keeping: 0)
    case "BROADCAST_TO":
      try builder.emit(Expand(), node, inputs: [try builder.required(node, 0), try list(1)], keeping: 0)
    case "FILL":
      try builder.emit(Expand(), node, inputs: [try builder.required(node, 1), try list(0)], keeping: 1)
    case "GATHER_ND": try builder.emit(GatherND(), node, keeping: 0)
    default: try reverse(node, builder)
    }

    /// An operand that lists sizes.
    func list(_ index: Int) throws -> ValueID {
      if let numbers = try? builder.integers(node, index) {
        return builder.constant(node, "sizes", Tensor(ints: numbers))
      }
      return try builder.part(Cast(to: .int64), node, "sizes", [try builder.required(node, index)])
    }
  }

  private static func reverse(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder) throws {
    guard let axes = try builder.integers(node, 1) else { throw GraphError("the axes are missing") }
    func list(_ suffix: String, _ number: Int) -> ValueID {
      builder.constant(node, suffix, Tensor(ints: axes.map { _ in number }))
    }
    try builder.emit(
      Slice(), node,
      inputs: [
        try builder.required(node, 0), list("starts", Int(Int32.max)), list("ends", -Int(Int32.max)),
        builder.constant(node, "axes", Tensor(ints: axes)), list("steps", -1),
      ], keeping: 0)
  }
}
