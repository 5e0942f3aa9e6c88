import PithGraph

/// Stacks tensors along a new axis.
enum TFPack: TFReader {
  static let operators = ["Pack"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    guard !node.inputs.isEmpty else { throw GraphError("it has no operands") }
    let listed = try node.int("axis", default: 0)
    let integers = try node.inputs.indices.compactMap { try builder.integers(node, $0) }
    if integers.count == node.inputs.count {
      let axis = try Operands.axis(listed, rank: integers[0].shape.count + 1)
      let parts = integers.compactMap { part -> TFIntegers? in
        guard axis <= part.shape.count else { return nil }
        return part.reshaped(part.shape[..<axis] + [1] + part.shape[axis...])
      }
      if parts.count == integers.count, let result = TFIntegers.joined(parts, axis: axis) {
        return [.integers(result)]
      }
    }
    let tensors = try builder.tensors(node, 0..<node.inputs.count)
    let axis = try Operands.axis(listed, rank: try builder.type(tensors[0]).shape.rank + 1)
    let parts = try tensors.enumerated().map {
      try builder.part(Unsqueeze(), node, "part\($0)", [$1, builder.list([axis])])
    }
    return [.tensor(parts.count == 1 ? parts[0] : try builder.emit(Concat(axis: axis), node, parts))]
  }
}
