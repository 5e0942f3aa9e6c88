import CPith
import PithGraph

extension Slice: Lowerable {
  private func ranges(_ node: Node, _ lowering: Lowering, _ sizes: [Int]) throws -> [Slice.Range] {
    func integers(_ index: Int) -> [Int]? { lowering.graph.constant(node, index)?.integers }
    guard let starts = integers(1), let ends = integers(2) else { throw GraphError("its range is computed") }
    let some = try Slice.ranges(
      starts: starts, ends: ends, axes: integers(3), steps: integers(4), shape: sizes.map { $0 })
    let all = sizes.indices.map { some[$0] ?? Slice.Range(start: 0, count: sizes[$0], step: 1) }
    guard all.allSatisfy({ $0.step > 0 || $0.count <= 1 }) else {
      throw GraphError("the runtime does not slice backwards")
    }
    // One element has no neighbour to step to.
    return all.map { $0.count <= 1 ? Slice.Range(start: $0.start, count: $0.count, step: 1) : $0 }
  }

  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let ranges = try ranges(node, lowering, sizes)
    let output = node.outputs[0]
    if lowering.hasBytes(input), let part = try pixels(of: input, ranges, sizes, &lowering) {
      return lowering.define(output, bytes: part.tensor, part.layout)
    }
    let source = try lowering.bytes(input, layout: .channelsFirst(sizes))
    let target = try lowering.defineBytes(output, layout: .channelsFirst(try lowering.sizes(output)))
    var strides = source.layout.byteStrides
    var offset = 0
    for axis in sizes.indices {
      let mapAxis = source.layout.mapAxis(of: axis, rank: sizes.count, channelsLast: false)
      offset += ranges[axis].start * strides[mapAxis]
      if ranges[axis].step > 0 { strides[mapAxis] *= ranges[axis].step }
    }
    lowering.builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
      $0.move = pith_move(
        dims: target.layout.dims, inputStrides: strides, outputStrides: target.layout.byteStrides,
        inputOffset: offset)
    }
  }

  /// The slice where it lies already: consecutive pixels of the map, of one axis that no other comes before.
  private func pixels(
    of input: ValueID, _ ranges: [Slice.Range], _ sizes: [Int], _ lowering: inout Lowering
  ) throws -> Lowering.ByteValue? {
    let cut = sizes.indices.filter { ranges[$0].count != sizes[$0] }
    guard cut.count == 1, let axis = cut.first, ranges[axis].step == 1, ranges[axis].count > 0 else {
      return nil
    }
    let value = try lowering.bytes(input)
    let logical = Tensor.strides(of: sizes)[axis]
    guard
      let picked = (0..<3).first(where: {
        value.layout.dims[$0] == sizes[axis] && value.layout.strides[$0] == logical
      }), value.layout.dims[..<picked].allSatisfy({ $0 == 1 })
    else { return nil }
    let layout = value.layout.narrowing(picked, to: ranges[axis].count)
    let first = ranges[axis].start * value.layout.byteStrides[picked] / value.layout.pixelStride
    let part = lowering.builder.addPixels(of: value.tensor, dims: layout.dims, from: first)
    return Lowering.ByteValue(tensor: part, layout: layout)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let ranges = try ranges(node, lowering, sizes)
    let strides = Tensor.strides(of: sizes)
    let offset = zip(ranges, strides).map { $0.start * $1 }.reduce(0, +)
    let output = node.outputs[0]
    lowering.define(
      output,
      floats: try lowering.emitFloatCopy(
        try lowering.floats(input), dims: ranges.map(\.count),
        strides: zip(ranges, strides).map { Swift.max(1, $0.step) * $1 }, offset: offset,
        name: lowering.graph[output].name))
  }
}
