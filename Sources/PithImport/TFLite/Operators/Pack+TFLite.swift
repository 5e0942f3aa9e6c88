import PithGraph

/// PACK: tensors of one shape along a new axis.
enum TFLitePack: TFLiteReader {
  static let opTypes = ["PACK"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let axis = try node.options(.pack)?.int(1) ?? 0
    let axes = builder.constant(node, "axes", Tensor(ints: [axis]))
    let parts = try node.inputs.indices.map { index in
      try builder.part(Unsqueeze(), node, "part\(index)", [try builder.required(node, index), axes])
    }
    guard !parts.isEmpty else { throw GraphError("it has no operands") }
    try builder.emit(Concat(axis: axis), node, inputs: parts)
  }
}

/// UNPACK: the slices along an axis, without it.
enum TFLiteUnpack: TFLiteReader {
  static let opTypes = ["UNPACK"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let axis = try node.options(.unpack)?.int(1) ?? 0
    let axes = builder.constant(node, "axes", Tensor(ints: [axis]))
    let x = try builder.required(node, 0)
    let shape = try builder.type(x).shape
    guard shape[try Operands.axis(axis, rank: shape.rank)] == .fixed(node.outputs.count) else {
      throw GraphError("axis \(axis) of \(shape) has not \(node.outputs.count) slices")
    }
    let parts = try builder.add(
      Split(axis: axis, partCount: node.outputs.count), [x],
      outputs: node.outputs.indices.map { "\(node.name).part\($0)" }, name: "\(node.name).split")
    for (index, part) in parts.enumerated() {
      let slice = try builder.part(Squeeze(), node, "slice\(index)", [part, axes])
      try builder.bind(node, to: slice, index: index, keeping: 0)
    }
  }
}
