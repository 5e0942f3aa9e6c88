import PithGraph

/// A new axis of size 1.
enum TFExpandDims: TFReader {
  static let operators = ["ExpandDims"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let listed = try builder.number(node, 1, "the axis")
    if case .integers(let integers) = try builder.known(node, 0) {
      var shape = integers.shape
      shape.insert(1, at: try Operands.axis(listed, rank: shape.count + 1))
      if let result = integers.reshaped(shape) { return [.integers(result)] }
    }
    if case .dilated(let x, var blocks) = try builder.known(node, 0) {
      let axis = try Operands.axis(listed, rank: try builder.type(x).shape.rank + 1)
      guard (1...(blocks.count + 1)).contains(axis) else {
        throw GraphError("axis \(axis) is not of the image")
      }
      blocks.insert(1, at: axis - 1)
      return [.dilated(try builder.unsqueezed(x, axis: axis, name: node.name), by: blocks)]
    }
    let x = try builder.tensor(node, 0)
    let axis = try Operands.axis(listed, rank: try builder.type(x).shape.rank + 1)
    return [.tensor(try builder.unsqueezed(x, axis: axis, name: node.name))]
  }
}
