import CPith
import PithGraph

extension ReduceMean: Lowerable {
  /// A pool over the whole map.
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axes = lowering.graph.constant(node, 1)?.integers
    let (from, to) = try layouts(sizes, axes: axes)
    let source = try lowering.bytes(input, layout: from)
    let target = try lowering.defineBytes(node.outputs[0], layout: to)
    let window = try PlaneWindow(global: Array(source.layout.dims[1...2]))
    let multiplier = try lowering.ratio(node)
    lowering.builder.emit(PITH_OP_AVERAGE_POOL, inputs: [source.tensor], output: target.tensor) {
      $0.window = window.record
      $0.immediate_f.0 = multiplier
    }
  }

  /// The layouts of the map and of its mean.
  private func layouts(_ sizes: [Int], axes: [Int]?) throws -> (Layout, Layout) {
    if let last = pooledLast(sizes, axes: axes) {
      let channels = sizes[last ? sizes.count - 1 : 1]
      return (last ? .channelsLast(sizes) : .channelsFirst(sizes), .channelsFirst([sizes[0], channels]))
    }
    guard let matrix = pooledMatrix(sizes, axes: axes) else {
      throw GraphError("its mean over these axes has no integer kernel")
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
    let kept = order.dropLast(axes.count).map { sizes[$0] }
    let moved = try lowering.emitFloatCopy(
      try lowering.floats(input), dims: order.map { sizes[$0] }, strides: order.map { strides[$0] })
    let rows = lowering.builder.addFloatView(of: moved, [kept.reduce(1, *), reduced])
    let output = node.outputs[0]
    let target = lowering.builder.addFloats([kept.reduce(1, *)], name: lowering.graph[output].name)
    lowering.builder.emit(PITH_OP_F32_MEAN, inputs: [rows], output: target)
    lowering.define(output, floats: lowering.builder.addFloatView(of: target, try lowering.sizes(output)))
  }
}
