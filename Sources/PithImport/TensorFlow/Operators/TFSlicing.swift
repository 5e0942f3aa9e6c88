import PithGraph

/// Ranges of axes, and which axes are left afterwards: what both forms of slices come to.
struct TFSlicing {
  struct Range {
    var start: Int
    /// The first that is not taken; `Int.max` and `Int.min` mean all to the end.
    var end: Int
    var step = 1
  }

  /// Axes that are not taken whole.
  var ranges: [Int: Range] = [:]
  /// The axes of the result: those of the operand, and nil for new ones. Axes of an index are left out.
  var axes: [Int?] = []
  var hasIndices = false
  /// Whether `axes` says anything.
  var isComplete = false

  /// - Returns: the slice of the node's first operand.
  func apply(_ node: TFNode, _ builder: TFGraphBuilder) throws -> TFGraphBuilder.Known {
    if case .integers(let integers) = try builder.known(node, 0) {
      let taken = try integers.shape.enumerated().map { axis, size in
        try ranges[axis].map { try Slice.range(start: $0.start, end: $0.end, step: $0.step, size: size) }
          ?? Slice.Range(start: 0, count: size, step: 1)
      }
      try checkIndices(Shape(taken.map(\.count)))
      let counts = taken.map(\.count)
      let shape = isComplete ? axes.map { $0.map { counts[$0] } ?? 1 } : counts
      guard let result = integers.sliced(taken)?.reshaped(shape) else {
        throw GraphError("the slice is out of range")
      }
      return .integers(result)
    }
    var x = try builder.tensor(node, 0)
    let rank = try builder.type(x).shape.rank
    let isReshaped = isComplete && axes.map { $0 ?? -1 } != Array(0..<rank)
    if !ranges.isEmpty {
      let listed = ranges.keys.sorted()
      guard listed.allSatisfy((0..<rank).contains) else {
        throw GraphError("the slice has more axes than its operand")
      }
      let picked = listed.compactMap { ranges[$0] }
      let operands = [
        x, builder.list(picked.map(\.start)), builder.list(picked.map(\.end)), builder.list(listed),
        builder.list(picked.map(\.step)),
      ]
      x =
        isReshaped
        ? try builder.part(Slice(), node, "slice", operands) : try builder.emit(Slice(), node, operands)
    }
    guard isReshaped else { return .tensor(x) }
    let sliced = try builder.type(x).shape
    try checkIndices(sliced)
    let dropped = (0..<rank).filter { !axes.contains($0) }
    let added = axes.indices.filter { axes[$0] == nil }
    if !dropped.isEmpty {
      let operands = [x, builder.list(dropped)]
      x =
        added.isEmpty
        ? try builder.emit(Squeeze(), node, operands) : try builder.part(Squeeze(), node, "squeeze", operands)
    }
    if added.count == 1 { return .tensor(try builder.unsqueezed(x, axis: added[0], name: node.name)) }
    if !added.isEmpty { x = try builder.emit(Unsqueeze(), node, [x, builder.list(added)]) }
    return .tensor(x)
  }

  /// An index outside of the axis takes nothing, where TensorFlow refuses it.
  private func checkIndices(_ shape: Shape) throws {
    guard isComplete else { return }
    for axis in 0..<shape.rank where !axes.contains(axis) && shape[axis] != 1 {
      throw GraphError("an index of axis \(axis) is out of range")
    }
  }
}
