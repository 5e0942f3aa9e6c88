import CPith
import PithGraph

/// A value whose elements are another's floats with the axes in another order.
struct Reordering {
  var source: ValueID
  /// Axis i of the value is axis `order[i]` of the source.
  var order: [Int]

  /// Whether no element of a source of these sizes moves: axes of size 1 move none.
  func isView(of sizes: [Int]) -> Bool {
    let moved = order.filter { sizes[$0] != 1 }
    return moved == moved.sorted()
  }
}

extension Lowering {
  /// Notes that a transpose of floats is to be had; it costs nothing where its readers are quantized from the source.
  mutating func defineReordered(_ id: ValueID, _ reordering: Reordering) {
    var reordering = reordering
    // Of a chain, the first has the floats.
    if let before = reordered[reordering.source], existingFloats(reordering.source) == nil {
      reordering = Reordering(source: before.source, order: reordering.order.map { before.order[$0] })
    }
    reordered[id] = reordering
  }

  /// Floats that hold a value, and how far apart in them neighbours along each axis of a map of it are.
  mutating func floats(_ id: ValueID, in layout: Layout) throws -> (tensor: TensorIndex, strides: [Int]) {
    guard existingFloats(id) == nil, let reordering = reordered[id] else {
      return (try floats(id), layout.strides)
    }
    var inverse = reordering.order
    for (axis, source) in reordering.order.enumerated() { inverse[source] = axis }
    guard let moved = layout.transposed(try sizes(id), by: inverse) else {
      return (try floats(id), layout.strides)
    }
    return (try floats(reordering.source), moved.strides)
  }

  /// The transpose, done; a view where no element moves.
  mutating func emitCopy(_ reordering: Reordering, name: String) throws -> TensorIndex {
    let sizes = try sizes(reordering.source)
    if reordering.isView(of: sizes) {
      return builder.addFloatView(of: try floats(reordering.source), reordering.order.map { sizes[$0] })
    }
    let strides = Tensor.strides(of: sizes)
    return try emitFloatCopy(
      try floats(reordering.source), dims: reordering.order.map { sizes[$0] },
      strides: reordering.order.map { strides[$0] }, name: name)
  }
}
