import PithGraph

/// Integer arithmetic on shapes, done while the graph is built.
///
/// Exporters compute pads, axes and shapes by small integer graphs, and later nodes cannot be typed without the result.
/// Inference follows vectors by itself (`ValueType.contents`); here tensors of any rank are followed.
extension GraphAssembler {
  /// A constant integer tensor.
  private struct Integers {
    var shape: [Int]
    var elements: [Int]
  }

  /// The result of an operator on known integers, or nil where that is not what it is.
  func folded(_ op: any Operator, _ inputs: [ValueID?], _ type: ValueType) throws -> Tensor? {
    guard type.element == .int64 || type.element == .int32, let shape = type.shape.sizes,
      let count = Shape.elementCount(shape), count <= ImportLimits.foldedElements
    else { return nil }
    let elements: [Int]?
    if let contents = type.contents?.map(\.size), !contents.contains(nil) {
      elements = contents.compactMap(\.self)
    } else {
      let operands = inputs.map { $0.flatMap { integers($0) } }
      elements = try GraphAssembler.move(op, operands, to: shape)
    }
    guard let elements, elements.count == count else { return nil }
    if type.element == .int64 { return Tensor(shape: shape, ints: elements) }
    let narrow = elements.compactMap { Int32(exactly: $0) }
    return narrow.count == count ? Tensor(shape: shape, storage: .int32(narrow)) : nil
  }

  private func integers(_ id: ValueID) -> Integers? {
    guard let type = graph[id].type, let shape = type.shape.sizes,
      let count = Shape.elementCount(shape), count <= ImportLimits.foldedElements
    else { return nil }
    if let elements = graph[id].constant?.integers { return Integers(shape: shape, elements: elements) }
    guard let contents = type.contents?.compactMap(\.size), contents.count == count else { return nil }
    return Integers(shape: shape, elements: contents)
  }

  /// The elements where an operator moves but does not change them, in their new order.
  private static func move(_ op: any Operator, _ operands: [Integers?], to shape: [Int]) throws -> [Int]? {
    guard let first = operands.first, let data = first else { return nil }
    switch op {
    case is Reshape, is Squeeze, is Unsqueeze, is Flatten, is Identity, is Cast: return data.elements
    case let op as Transpose:
      let order = try op.order(rank: data.shape.count)
      let strides = Tensor.strides(of: data.shape)
      return gather(data.elements, shape: shape, start: 0, strides: order.map { strides[$0] })
    case is Slice:
      func list(_ index: Int) -> [Int]? { index < operands.count ? operands[index]?.elements : nil }
      guard let starts = list(1), let ends = list(2) else { return nil }
      let ranges = try Slice.ranges(
        starts: starts, ends: ends, axes: list(3), steps: list(4), shape: data.shape)
      let strides = Tensor.strides(of: data.shape)
      let start = ranges.reduce(0) { $0 + $1.value.start * strides[$1.key] }
      return gather(
        data.elements, shape: shape, start: start,
        strides: strides.indices.map { strides[$0] * (ranges[$0]?.step ?? 1) })
    case let op as Concat:
      let parts = operands.compactMap(\.self)
      guard parts.count == operands.count else { return nil }
      let axis = try Operands.axis(op.axis, rank: shape.count)
      let rows = shape[..<axis].reduce(1, *)
      return (0..<rows).flatMap { row in
        parts.flatMap { part -> ArraySlice<Int> in
          let width = part.elements.count / rows
          return part.elements[(row * width)..<((row + 1) * width)]
        }
      }
    default: return nil
    }
  }

  /// The elements of a view, in row-major order of its shape; nil where it leaves the elements.
  private static func gather(_ elements: [Int], shape: [Int], start: Int, strides: [Int]) -> [Int]? {
    guard !shape.contains(0) else { return [] }
    var offsets = [start]
    for (size, stride) in zip(shape, strides) {
      offsets = offsets.flatMap { offset in (0..<size).map { offset &+ $0 &* stride } }
    }
    guard offsets.allSatisfy(elements.indices.contains) else { return nil }
    return offsets.map { elements[$0] }
  }
}
