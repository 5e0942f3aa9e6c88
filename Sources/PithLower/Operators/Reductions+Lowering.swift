import CPith
import PithGraph
import PithPasses

extension ReduceMean: ReductionLowerable {
  func emitPool(
    _ node: Node, _ source: TensorIndex, _ target: TensorIndex, _ window: PlaneWindow,
    _ lowering: inout Lowering
  ) throws {
    try lowering.emitAverage(node, source, target, window, times: 1)
  }

  func emitRows(_ rows: TensorIndex, _ target: TensorIndex, length: Int, _ lowering: inout Lowering) {
    lowering.builder.emit(PITH_OP_F32_MEAN, inputs: [rows], output: target)
  }
}

extension ReduceSum: ReductionLowerable {
  /// A mean whose multiplier has the count.
  func emitPool(
    _ node: Node, _ source: TensorIndex, _ target: TensorIndex, _ window: PlaneWindow,
    _ lowering: inout Lowering
  ) throws {
    try lowering.emitAverage(node, source, target, window, times: window.kernel.h * window.kernel.w)
  }

  func emitRows(_ rows: TensorIndex, _ target: TensorIndex, length: Int, _ lowering: inout Lowering) {
    let sizes = lowering.builder.tensors[target.index].sizes
    let ones = lowering.builder.addConstantFloats([length], Array(repeating: 1, count: length), name: "")
    lowering.builder.emit(PITH_OP_F32_MATMUL, inputs: [rows, ones], output: target) {
      $0.matmul = pith_matmul(
        batch: 1, rows: UInt32(sizes[0]), inner: UInt32(length), columns: 1, a_batch: 0,
        a_row: UInt32(length),
        a_inner: 1, b_batch: 0, b_inner: 1, b_column: 0, c_row: 0, c_column: 0)
      $0.immediate_f = (1, 0)
    }
  }
}

extension ReduceMax: ReductionLowerable {
  func emitPool(
    _ node: Node, _ source: TensorIndex, _ target: TensorIndex, _ window: PlaneWindow,
    _ lowering: inout Lowering
  ) throws {
    lowering.builder.emit(PITH_OP_MAX_POOL, inputs: [source], output: target) { $0.window = window.record }
  }

  func emitRows(_ rows: TensorIndex, _ target: TensorIndex, length: Int, _ lowering: inout Lowering) {
    let count = lowering.builder.tensors[target.index].sizes[0]
    let map = lowering.builder.addFloatView(of: rows, [1, count, 1, length])
    let result = lowering.builder.addFloatView(of: target, [1, count, 1, 1])
    var window = pith_window()
    (window.kernel_h, window.kernel_w) = (1, Int32(length))
    (window.stride_h, window.stride_w, window.dilation_h, window.dilation_w) = (1, 1, 1, 1)
    window.clamp_max = 255
    lowering.builder.emit(PITH_OP_F32_MAX_POOL, inputs: [map], output: result) { $0.window = window }
  }
}

/// A reduction that is a pool over the whole map.
protocol ReductionLowerable: Lowerable, Reduction {
  /// Emits the pool on bytes.
  func emitPool(
    _ node: Node, _ source: TensorIndex, _ target: TensorIndex, _ window: PlaneWindow,
    _ lowering: inout Lowering
  ) throws

  /// Emits the reduction of each row of floats, `length` in each.
  func emitRows(_ rows: TensorIndex, _ target: TensorIndex, length: Int, _ lowering: inout Lowering)
}

extension ReductionLowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axes = lowering.graph.constant(node, 1)?.integers
    let (from, to) = try layouts(sizes, axes: axes)
    let source = try lowering.bytes(input, layout: from)
    let target = try lowering.defineBytes(node.outputs[0], layout: to)
    let window = try PlaneWindow(global: Array(source.layout.dims[1...2]))
    try emitPool(node, source.tensor, target.tensor, window, &lowering)
  }

  /// The layouts of the map and of what is left of it.
  private func layouts(_ sizes: [Int], axes: [Int]?) throws -> (Layout, Layout) {
    if let last = pooledLast(sizes, axes: axes) {
      let channels = sizes[last ? sizes.count - 1 : 1]
      return (last ? .channelsLast(sizes) : .channelsFirst(sizes), .channelsFirst([sizes[0], channels]))
    }
    guard let matrix = pooledMatrix(sizes, axes: axes) else {
      throw GraphError("over these axes it has no integer kernel")
    }
    var layout = Layout.matrix(rows: matrix.averaged, columns: matrix.count)
    if !matrix.comeFirst { (layout.strides[2], layout.strides[3]) = (1, matrix.averaged) }
    return (layout, .dense(matrix.count))
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axes = try axes(lowering.graph.constant(node, 1)?.integers, rank: sizes.count)
    guard !axes.isEmpty else { return try lowering.lowerView(node) }
    let order = sizes.indices.filter { !axes.contains($0) } + axes
    let strides = Tensor.strides(of: sizes)
    let reduced = axes.map { sizes[$0] }.reduce(1, *)
    let kept = order.dropLast(axes.count).map { sizes[$0] }.reduce(1, *)
    var source = try lowering.floats(input)
    if order != order.sorted() {
      source = try lowering.emitFloatCopy(
        source, dims: order.map { sizes[$0] }, strides: order.map { strides[$0] })
    }
    let rows = lowering.builder.addFloatView(of: source, [kept, reduced])
    let output = node.outputs[0]
    let target = lowering.builder.addFloats([kept], name: lowering.graph[output].name)
    emitRows(rows, target, length: reduced, &lowering)
    lowering.define(output, floats: lowering.builder.addFloatView(of: target, try lowering.sizes(output)))
  }
}

extension Lowering {
  /// Emits the mean over a window, or so many times that.
  fileprivate mutating func emitAverage(
    _ node: Node, _ source: TensorIndex, _ target: TensorIndex, _ window: PlaneWindow, times: Int
  ) throws {
    let x = try parameters(try graph.operand(node, 0))
    let multiplier = Float(Double(x.scale) / Double(try parameters(node.outputs[0]).scale) * Double(times))
    builder.emit(PITH_OP_AVERAGE_POOL, inputs: [source], output: target) {
      $0.window = window.record
      $0.immediate_f.0 = multiplier
    }
  }
}
