import CPith
import PithGraph

extension Slice: Lowerable {
  private func ranges(_ node: Node, _ lowering: Lowering, _ sizes: [Int]) throws -> [Slice.Range] {
    func integers(_ index: Int) -> [Int]? { lowering.graph.constant(node, index)?.integers }
    guard let starts = integers(1), let ends = integers(2) else { throw GraphError("its range is computed") }
    let some = try Slice.ranges(
      starts: starts, ends: ends, axes: integers(3), steps: integers(4), shape: sizes.map { $0 })
    let all = sizes.indices.map { some[$0] ?? Slice.Range(start: 0, count: sizes[$0], step: 1) }
    guard all.allSatisfy({ $0.step > 0 }) else { throw GraphError("the runtime does not slice backwards") }
    return all
  }

  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let ranges = try ranges(node, lowering, sizes)
    let output = node.outputs[0]
    let cut = sizes.indices.filter { ranges[$0].count != sizes[$0] }
    if cut.count == 1, ranges[cut[0]].step == 1, ranges[cut[0]].count > 0,
      try lowering.defineFactor(output, of: input, axis: cut[0], from: ranges[cut[0]].start)
    {
      return
    }
    if lowering.hasBytes(input), let part = try stretch(of: input, to: output, ranges, sizes, &lowering) {
      return lowering.define(output, bytes: part.tensor, part.layout)
    }
    let (source, order) = try lowering.orderedBytes(input)
    let target = try lowering.defineBytes(output, layout: order.layout(of: lowering.sizes(output)))
    var strides = source.layout.byteStrides
    var offset = 0
    for axis in sizes.indices {
      let place = order.place(of: axis)
      offset += ranges[axis].start * strides[place]
      if ranges[axis].step > 0 { strides[place] *= ranges[axis].step }
    }
    lowering.builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
      $0.move = pith_move(
        dims: target.layout.dims, inputStrides: strides, outputStrides: target.layout.byteStrides,
        inputOffset: offset)
    }
  }

  /// A slice of one axis that is one of the map's, or the outer part of one: where no other comes before it, it is there
  /// already, in consecutive pixels; else it is copied as it lies.
  private func stretch(
    of input: ValueID, to output: ValueID, _ ranges: [Slice.Range], _ sizes: [Int], _ lowering: inout Lowering
  ) throws -> Lowering.ByteValue? {
    let cut = sizes.indices.filter { ranges[$0].count != sizes[$0] }
    guard cut.count == 1, let axis = cut.first, ranges[axis].step == 1, ranges[axis].count > 0 else {
      return nil
    }
    let value = try lowering.bytes(input)
    let logical = Tensor.strides(of: sizes)[axis]
    guard
      let place = (0..<4).first(where: {
        value.layout.strides[$0] * value.layout.dims[$0] == logical * sizes[axis]
          && logical.isMultiple(of: value.layout.strides[$0]) && value.layout.dims[$0] >= sizes[axis]
      })
    else { return nil }
    let inner = logical / value.layout.strides[place]
    let layout = value.layout.narrowing(place, to: ranges[axis].count * inner)
    let offset = ranges[axis].start * inner * value.layout.byteStrides[place]
    if place < 3, value.layout.dims[..<place].allSatisfy({ $0 == 1 }) {
      let part = lowering.builder.addPixels(
        of: value.tensor, dims: layout.dims, from: offset / value.layout.pixelStride)
      return Lowering.ByteValue(tensor: part, layout: layout)
    }
    let target = try lowering.defineBytes(output, layout: layout)
    lowering.builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: target.tensor) {
      $0.move = pith_move(
        dims: layout.dims, inputStrides: value.layout.byteStrides, outputStrides: layout.byteStrides,
        inputOffset: offset)
    }
    return target
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
