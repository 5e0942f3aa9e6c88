import PithGraph

/// Which axis of a value each axis of its map is: what operators that work on any order go by, so that a map stays as it
/// lies.
struct AxisOrder: Hashable {
  /// For [batch, height, width, channels] the value's axis, nil for one of size 1 that the value does not have.
  private(set) var axes: [Int?]

  /// Axis 1 innermost.
  static func channelsFirst(rank: Int) -> AxisOrder {
    switch rank {
    case 1: AxisOrder(axes: [nil, nil, nil, 0])
    case 2: AxisOrder(axes: [0, nil, nil, 1])
    case 3: AxisOrder(axes: [0, nil, 2, 1])
    case 4: AxisOrder(axes: [0, 2, 3, 1])
    default: AxisOrder(axes: [nil, nil, nil, nil])
    }
  }

  /// The last axis innermost: the value's own order.
  static func channelsLast(rank: Int) -> AxisOrder {
    switch rank {
    case 3: AxisOrder(axes: [0, nil, 1, 2])
    case 4: AxisOrder(axes: [0, 1, 2, 3])
    default: channelsFirst(rank: rank)
    }
  }

  /// One axis innermost, the others in their own order.
  static func innermost(_ axis: Int, rank: Int) -> AxisOrder {
    let others = (0..<rank).filter { $0 != axis }
    guard rank > 1 else { return channelsFirst(rank: rank) }
    let spatial = Array(repeating: nil, count: 4 - rank) + others.dropFirst().map(Optional.some)
    return AxisOrder(axes: [others[0]] + spatial + [axis])
  }

  private init(axes: [Int?]) { self.axes = axes }

  /// The order in which a value lies in a map; nil where the map's axes are not the value's.
  init?(_ layout: Layout, of sizes: [Int]) {
    for standard in [AxisOrder.channelsFirst(rank: sizes.count), .channelsLast(rank: sizes.count)]
    where layout.isEquivalent(to: standard.layout(of: sizes)) {
      self = standard
      return
    }
    guard sizes.count <= 4 else { return nil }
    let strides = Tensor.strides(of: sizes)
    axes = (0..<4).map { place in
      layout.dims[place] == 1
        ? nil
        : sizes.indices.first { sizes[$0] == layout.dims[place] && strides[$0] == layout.strides[place] }
    }
    guard (0..<4).allSatisfy({ layout.dims[$0] == 1 || axes[$0] != nil }) else { return nil }
    // What is left are axes of 1: they go where nothing is.
    for axis in sizes.indices where !axes.contains(axis) {
      guard sizes[axis] == 1, let free = axes.firstIndex(of: nil) else { return nil }
      axes[free] = axis
    }
  }

  /// The map of a value of these sizes.
  func layout(of sizes: [Int]) -> Layout {
    sizes.isEmpty || sizes.count > 4 ? .dense(sizes.reduce(1, *)) : Layout(sizes: sizes, axes: axes)
  }

  /// The map's axis that an axis of the value is.
  func place(of axis: Int) -> Int { axes.firstIndex(of: axis) ?? 3 }

  /// The order of the value's axes after they are reordered.
  func transposed(by order: [Int]) -> AxisOrder {
    AxisOrder(axes: axes.map { $0.flatMap { order.firstIndex(of: $0) } })
  }

  /// The order of the value whose axes, reordered so, lie in this order.
  func untransposed(by order: [Int]) -> AxisOrder { AxisOrder(axes: axes.map { $0.map { order[$0] } }) }
}

extension Lowering {
  /// The order that a value lies in, or had best be put in where it is not bytes yet.
  mutating func order(of id: ValueID) throws -> AxisOrder {
    let sizes = try sizes(id)
    if hasMap(id), let order = AxisOrder(try bytes(id).layout, of: sizes) { return order }
    return try wantedOrder(of: id) ?? .channelsFirst(rank: sizes.count)
  }

  /// The value as bytes in an order of its axes that suits those who read it.
  mutating func orderedBytes(_ id: ValueID) throws -> (value: ByteValue, order: AxisOrder) {
    let order = try order(of: id)
    return (try bytes(id, layout: order.layout(of: sizes(id))), order)
  }

  /// The order that the readers of a value ask for, or the readers of what they make of it in whatever order it lies; nil
  /// where nobody cares.
  mutating func wantedOrder(of id: ValueID) throws -> AxisOrder? {
    let rank = try sizes(id).count
    guard (3...4).contains(rank) else { return nil }
    // Values computed of this one, and its axes in each.
    var waiting: [(value: ValueID, axes: [Int])] = [(id, Array(0..<rank))]
    var seen: Set<ValueID> = [id]
    while let (value, axes) = waiting.popLast() {
      for reader in consumers[value] ?? [] {
        switch reader.op {
        case let transpose as Transpose:
          let order = try transpose.order(rank: rank).map { axes[$0] }
          let output = reader.outputs[0]
          if seen.insert(output).inserted { waiting.append((output, order)) }
        case is Pad, is Slice, is Split, is Concat, is Add, is Sub, is Mul, is Relu, is Clip, is Sigmoid,
          is Tanh,
          is LeakyRelu, is HardSwish, is HardSigmoid, is Identity, is Dropout:
          // What is read beside it, or made of it, lies best as it does.
          for other in reader.inputs.compactMap(\.self) + reader.outputs
          where try sizes(other).count == rank && seen.insert(other).inserted {
            if hasMap(other), let order = AxisOrder(try bytes(other).layout, of: try sizes(other)) {
              return order.untransposed(by: axes)
            }
            if graph[other].constant == nil { waiting.append((other, axes)) }
          }
        case is Conv, is ConvTranspose, is MaxPool, is AveragePool, is GlobalAveragePool, is GlobalMaxPool,
          is Resize,
          is BatchNormalization:
          guard reader.inputs.first == value else { continue }
          return AxisOrder.channelsFirst(rank: rank).untransposed(by: axes)
        case let softmax as Softmax:
          let axis = try Operands.axis(softmax.axis, rank: rank)
          return AxisOrder.innermost(axis, rank: rank).untransposed(by: axes)
        case is LayerNormalization, is MatMul:
          guard reader.inputs.first == value else { continue }
          return AxisOrder.channelsLast(rank: rank).untransposed(by: axes)
        case let reduction as any ReductionLowerable:
          guard let last = reduction.pooledLast(try sizes(value), axes: graph.constant(reader, 1)?.integers)
          else { continue }
          return (last ? AxisOrder.channelsLast(rank: rank) : .channelsFirst(rank: rank)).untransposed(
            by: axes)
        default: continue
        }
      }
    }
    return nil
  }
}
