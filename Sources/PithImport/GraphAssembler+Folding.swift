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

  /// The result of an operator on known numbers, or nil where that is not what it is.
  func folded(_ op: any Operator, _ inputs: [ValueID?], _ type: ValueType) throws -> Tensor? {
    guard let shape = type.shape.sizes, let count = Shape.elementCount(shape),
      count <= ImportLimits.foldedElements
    else { return nil }
    if type.element == .float32 { return try foldedFloats(op, inputs, shape, count) }
    guard type.element == .int64 || type.element == .int32 || type.element == .bool else { return nil }
    let elements: [Int]?
    if let contents = type.contents?.map(\.size), !contents.contains(nil) {
      elements = contents.compactMap(\.self)
    } else if op is Cast, let floats = inputs.first?.flatMap({ graph[$0].constant?.floats }) {
      // Towards zero; what no integer can be is left to whoever runs the graph.
      elements = floats.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    } else {
      let operands = inputs.map { $0.flatMap { integers($0) } }
      elements = try GraphAssembler.move(op, operands, to: shape)
    }
    guard let elements, elements.count == count else { return nil }
    switch type.element {
    case .int64: return Tensor(shape: shape, ints: elements)
    case .bool: return Tensor(shape: shape, storage: .bool(elements.map { $0 != 0 }))
    default:
      let narrow = elements.compactMap { Int32(exactly: $0) }
      return narrow.count == count ? Tensor(shape: shape, storage: .int32(narrow)) : nil
    }
  }

  /// The result of an operator on few known floats, as sizes are that go through them.
  private func foldedFloats(
    _ op: any Operator, _ inputs: [ValueID?], _ shape: [Int], _ count: Int
  ) throws -> Tensor? {
    guard count <= ImportLimits.foldedFloats else { return nil }
    if op is Cast {
      guard let whole = inputs.first?.flatMap({ integers($0) }), whole.elements.count == count else {
        return nil
      }
      return Tensor(shape: shape, floats: whole.elements.map { Float($0) })
    }
    let operands = inputs.map { $0.flatMap { graph[$0].constant?.floats } }
    guard let first = operands.first, let a = first else { return nil }
    if let function = op as? any PointwiseFunction {
      return Tensor(shape: shape, floats: a.map { Float(function.value(Double($0))) })
    }
    if let combine = GraphAssembler.arithmetic(op) {
      guard operands.count == 2, let b = operands[1], a.count == count || a.count == 1,
        b.count == count || b.count == 1
      else { return nil }
      return Tensor(
        shape: shape, floats: (0..<count).map { combine(a[a.count == 1 ? 0 : $0], b[b.count == 1 ? 0 : $0]) })
    }
    // What moves elements moves their numbers just as well.
    var all: [Float] = []
    let numbered = inputs.map { id -> Integers? in
      guard let id, let tensor = graph[id].constant, let floats = tensor.floats else {
        return id.flatMap { integers($0) }
      }
      defer { all += floats }
      return Integers(shape: tensor.shape, elements: Array(all.count..<all.count + floats.count))
    }
    guard let moved = try GraphAssembler.move(op, numbered, to: shape), moved.count == count else {
      return nil
    }
    return Tensor(shape: shape, floats: moved.map { all[$0] })
  }

  private static func arithmetic(_ op: any Operator) -> ((Float, Float) -> Float)? {
    switch op {
    case let op as Add where op.activation == nil: { $0 + $1 }
    case is Sub: { $0 - $1 }
    case is Mul: { $0 * $1 }
    case is Div: { $0 / $1 }
    default: nil
    }
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
    case let op as Gather:
      guard data.shape.count == 1, op.axis == 0 || op.axis == -1, operands.count > 1,
        let indices = operands[1]
      else {
        return nil
      }
      return try indices.elements.map { data.elements[try Operands.axis($0, rank: data.elements.count)] }
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
