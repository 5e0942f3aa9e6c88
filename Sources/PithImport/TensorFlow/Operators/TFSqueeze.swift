import PithGraph

/// Drops axes of size 1: those listed, or all.
enum TFSqueeze: TFReader {
  static let operators = ["Squeeze"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let listed = try node.ints("squeeze_dims") ?? node.ints("axis") ?? []
    if case .integers(let integers) = try builder.known(node, 0) {
      let axes = try axes(listed, Shape(integers.shape))
      if let result = integers.reshaped(
        integers.shape.indices.filter { !axes.contains($0) }.map { integers.shape[$0] })
      {
        return [.integers(result)]
      }
    }
    if case .dilated(let x, var blocks) = try builder.known(node, 0) {
      let axes = try axes(listed, try builder.type(x).shape)
      guard axes.count == 1, (1...blocks.count).contains(axes[0]), blocks[axes[0] - 1] == 1 else {
        throw GraphError("axes \(axes) of a dilated image cannot be dropped")
      }
      blocks.remove(at: axes[0] - 1)
      let inner = builder.beforeUnsqueezing(x, axis: axes[0])
      return [.dilated(try inner ?? builder.emit(Squeeze(), node, [x, builder.list(axes)]), by: blocks)]
    }
    let x = try builder.tensor(node, 0)
    let axes = try axes(listed, try builder.type(x).shape)
    if axes.isEmpty { return [.tensor(x)] }
    if axes.count == 1, let inner = builder.beforeUnsqueezing(x, axis: axes[0]) { return [.tensor(inner)] }
    return [.tensor(try builder.emit(Squeeze(), node, [x, builder.list(axes)]))]
  }

  private static func axes(_ listed: [Int], _ shape: Shape) throws -> [Int] {
    if listed.isEmpty { return (0..<shape.rank).filter { shape[$0] == 1 } }
    return Set(try listed.map { try Operands.axis($0, rank: shape.rank) }).sorted()
  }
}
