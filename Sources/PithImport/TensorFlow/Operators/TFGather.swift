import PithGraph

/// Slices picked along an axis by their indices, and single elements by theirs.
enum TFGather: TFReader {
  static let operators = ["GatherV2", "Gather", "GatherNd"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    if node.op == "GatherNd" {
      return [.tensor(try builder.emit(GatherND(), node, try builder.tensors(node, 0..<2)))]
    }
    guard try node.int("batch_dims", default: 0) == 0 else {
      throw GraphError("batch_dims is not supported; express the model without")
    }
    let axis = node.op == "GatherV2" ? try builder.number(node, 2, "the axis") : 0
    if case .integers(let integers) = try builder.known(node, 0), let indices = try builder.integers(node, 1),
      let result = integers.gathered(indices, axis: try Operands.axis(axis, rank: integers.shape.count))
    {
      return [.integers(result)]
    }
    return [.tensor(try builder.emit(Gather(axis: axis), node, try builder.tensors(node, 0..<2)))]
  }
}
