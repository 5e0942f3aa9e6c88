import CPith
import PithGraph
import PithPasses

extension Expand: RepetitionLowerable {}
extension Tile: RepetitionLowerable {}

/// An operator that repeats its operand along axes: one copy.
protocol RepetitionLowerable: Lowerable {}

extension RepetitionLowerable {
  private func repetition(_ node: Node, _ lowering: Lowering) throws -> Repetition {
    guard let repetition = Repetition(node, in: lowering.graph) else {
      throw GraphError("it repeats more axes than the runtime's copies have")
    }
    return repetition
  }

  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let repetition = try repetition(node, lowering)
    let (input, output) = (try lowering.graph.operand(node, 0), node.outputs[0])
    let (sizes, rank) = (repetition.sizes, repetition.axes.count)
    var order: AxisOrder?
    if lowering.hasBytes(input) { order = AxisOrder(try lowering.bytes(input).layout, of: sizes) }
    if order == nil, try lowering.sizes(output).count == rank { order = try lowering.wantedOrder(of: output) }
    let found = order ?? .channelsFirst(rank: rank)
    let source = try lowering.bytes(input, layout: found.layout(of: sizes))
    let target = try lowering.defineBytes(output, layout: found.layout(of: repetition.resultSizes))
    let places = (0..<rank).map { found.place(of: $0) }
    lowering.builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
      $0.move = repetition.move(
        from: places.map { source.layout.byteStrides[$0] }, to: places.map { target.layout.byteStrides[$0] })
    }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let repetition = try repetition(node, lowering)
    let source = try lowering.floats(try lowering.graph.operand(node, 0))
    let target = try lowering.defineFloats(node.outputs[0])
    lowering.builder.emit(PITH_OP_F32_COPY, inputs: [source], output: target) {
      $0.move = repetition.move(
        from: Tensor.strides(of: repetition.sizes), to: Tensor.strides(of: repetition.resultSizes))
    }
  }
}

extension Repetition {
  /// The copy that does it, for what is so far apart along its axes.
  fileprivate func move(from: [Int], to: [Int]) -> pith_move {
    var parts: [(count: Int, from: Int, to: Int)] = []
    for (axis, strides) in zip(axes, zip(from, to)) {
      parts.append((axis.times, 0, strides.1 * axis.size * axis.each))
      parts.append((axis.size, strides.0, strides.1 * axis.each))
      parts.append((axis.each, 0, strides.1))
    }
    parts = parts.filter { $0.count > 1 }.sorted { $0.to > $1.to }
    return pith_move(
      dims: parts.map(\.count), inputStrides: parts.map(\.from), outputStrides: parts.map(\.to))
  }
}
