import CPith
import PithGraph
import PithPasses

/// A value whose elements lie evenly along each of its axes in a map of bytes, but not as a map of its own: heads of
/// attention are some channels of each pixel.
struct StridedBytes: Hashable {
  /// The map that holds the elements.
  var tensor: TensorIndex
  /// Where in it, in bytes, the first one lies.
  var offset = 0
  var sizes: [Int]
  /// Bytes from one element to the next along each of the value's axes.
  var strides: [Int]

  /// A value of these sizes in a map; nil where one of its axes lies along parts of several of the map's.
  init?(_ value: Lowering.ByteValue, sizes: [Int]) {
    let layout = value.layout
    let spans = (0..<4).filter { layout.dims[$0] > 1 }.map {
      Span(logical: layout.strides[$0], count: layout.dims[$0], stride: layout.byteStrides[$0])
    }
    self.init(tensor: value.tensor, offset: 0, sizes: sizes, spans: spans)
  }

  init(tensor: TensorIndex, offset: Int = 0, sizes: [Int], strides: [Int]) {
    (self.tensor, self.offset, self.sizes, self.strides) = (tensor, offset, sizes, strides)
  }

  /// Elements, so many of the value's own order apart, that lie evenly.
  private struct Span {
    var logical: Int
    var count: Int
    var stride: Int
    var end: Int { logical * count }
  }

  private init?(tensor: TensorIndex, offset: Int, sizes: [Int], spans: [Span]) {
    var strides: [Int] = []
    for (logical, count) in zip(Tensor.strides(of: sizes), sizes) {
      guard count > 1 else {
        strides.append(0)
        continue
      }
      // The span that the axis begins in, and those that go on evenly where it ends.
      var next = logical
      var stride: Int?
      while next < logical * count {
        guard let span = spans.first(where: { $0.logical <= next && next < $0.end }),
          next.isMultiple(of: span.logical)
        else { return nil }
        let step = span.stride * (next / span.logical)
        if let stride, step != stride * (next / logical) { return nil }
        stride = stride ?? step
        // What is left of the span has to be an axis's own.
        guard span.end.isMultiple(of: next) else { return nil }
        if logical * count < span.end, !span.end.isMultiple(of: logical * count) { return nil }
        next = span.end
      }
      guard let stride else { return nil }
      strides.append(stride)
    }
    self.init(tensor: tensor, offset: offset, sizes: sizes, strides: strides)
  }

  /// The same elements, in their order, along other axes; nil where one of these does not lie evenly.
  func reshaped(_ sizes: [Int]) -> StridedBytes? {
    let logical = Tensor.strides(of: self.sizes)
    let spans = self.sizes.indices.filter { self.sizes[$0] > 1 }.map {
      Span(logical: logical[$0], count: self.sizes[$0], stride: strides[$0])
    }
    return StridedBytes(tensor: tensor, offset: offset, sizes: sizes, spans: spans)
  }

  /// Axis i is axis `order[i]` of this one.
  func transposed(by order: [Int]) -> StridedBytes {
    StridedBytes(
      tensor: tensor, offset: offset, sizes: order.map { sizes[$0] }, strides: order.map { strides[$0] })
  }

  /// So many elements along an axis, from one of them on.
  func sliced(_ axis: Int, from start: Int, count: Int) -> StridedBytes {
    var part = self
    part.offset += start * strides[axis]
    part.sizes[axis] = count
    return part
  }

  /// How far apart, in bytes, neighbours along each axis of a map of the value are; nil where they are not evenly.
  func strides(in layout: Layout) -> [Int]? {
    // The map's axes, outermost in the value's order first, are a reshaping.
    let places = (0..<4).sorted {
      (layout.strides[$0], layout.dims[$0]) > (layout.strides[$1], layout.dims[$1])
    }
    let used = places.filter { layout.dims[$0] > 1 }
    let shape = used.map { layout.dims[$0] }
    guard Tensor.strides(of: shape) == used.map({ layout.strides[$0] }), let view = reshaped(shape) else {
      return nil
    }
    var result = [0, 0, 0, 0]
    for (place, stride) in zip(used, view.strides) { result[place] = stride }
    return result
  }
}

extension StridedBytes {
  /// The axes that have neighbours.
  var longAxes: [Int] { sizes.indices.filter { sizes[$0] > 1 } }

  /// What copies the elements into the value's own order, where there are no more long axes than a move has.
  var moveToOwnOrder: pith_move {
    let (axes, own) = (longAxes, Tensor.strides(of: sizes))
    return pith_move(
      dims: axes.map { sizes[$0] }, inputStrides: axes.map { strides[$0] },
      outputStrides: axes.map { own[$0] }, inputOffset: offset)
  }
}

extension Lowering {
  /// Records that a value lies in parts of a map: as a map of its own, where it is one.
  mutating func define(_ id: ValueID, _ value: StridedBytes) throws {
    if let map = wholeMap(value) { return define(id, bytes: map.tensor, map.layout) }
    guard value.longAxes.count <= Int(PITH_MAX_RANK) else {
      throw GraphError("the axes of \(value.sizes) cannot be reordered on bytes")
    }
    stridedValues[id] = value
    // Traces have as many axes as maps.
    if value.longAxes.count > 4 { _ = try bytes(id) }
  }

  /// The value as a map in one of the usual orders of its axes; nil where it lies otherwise.
  mutating func wholeMap(_ value: StridedBytes) -> ByteValue? {
    let map = builder.tensors[value.tensor.index]
    for order in [AxisOrder.channelsFirst(rank: value.sizes.count), .channelsLast(rank: value.sizes.count)] {
      let layout = order.layout(of: value.sizes)
      guard value.offset == 0, let strides = value.strides(in: layout), layout.byteCount == Int(map.bytes),
        (0..<4).allSatisfy({ layout.dims[$0] == 1 || strides[$0] == layout.byteStrides[$0] })
      else { continue }
      return ByteValue(
        tensor: builder.addView(of: value.tensor, dims: layout.dims, pixelStride: layout.pixelStride),
        layout: layout)
    }
    return nil
  }

  /// Records that a value is part of one that lies in a map, where it is a factor of computed products and nothing else:
  /// these can do without a copy.
  /// - Returns: whether it is.
  mutating func defineFactor(
    _ part: ValueID, of whole: ValueID, axis: Int, from start: Int
  ) throws -> Bool {
    guard hasBytes(whole), isFactor(part), model.activations[part] == model.activations[whole] else {
      return false
    }
    let view = try hasMap(whole) ? StridedBytes(bytes(whole), sizes: sizes(whole)) : stridedValues[whole]
    guard let view else { return false }
    try define(part, view.sliced(axis, from: start, count: try sizes(part)[axis]))
    return true
  }

  /// Whether only products of two computed factors read a value, or what is the same elements.
  private func isFactor(_ id: ValueID) -> Bool {
    var waiting = [id]
    while let value = waiting.popLast() {
      guard !graph.outputs.contains(value), let nodes = consumers[value], !nodes.isEmpty else { return false }
      for node in nodes {
        guard model.placements[node.id] == .integer else { return false }
        switch node.op {
        case is Transpose, is any ViewLowerable: waiting.append(node.outputs[0])
        case is MatMul where graph.constant(node, 0) == nil && graph.constant(node, 1) == nil: continue
        default: return false
        }
      }
    }
    return true
  }

  /// Copies a value that lies in parts of a map into one of its own.
  mutating func gather(_ id: ValueID, _ value: StridedBytes, into layout: Layout) throws -> ByteValue {
    let parameters = try parameters(id)
    let strides = value.strides(in: layout)
    // Where the map's axes are not the value's, through the value's own order.
    let first = strides == nil ? .dense(layout.elementCount) : layout
    let target = builder.addBytes(first, parameters, name: graph[id].name)
    builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: target) {
      $0.move =
        strides.map {
          pith_move(
            dims: layout.dims, inputStrides: $0, outputStrides: layout.byteStrides, inputOffset: value.offset)
        } ?? value.moveToOwnOrder
    }
    let copy = ByteValue(tensor: target, layout: first)
    return strides == nil ? convert(copy, to: layout, parameters: parameters, name: graph[id].name) : copy
  }
}
