import CPith
import PithGraph

extension Pad: Lowerable {
  private func amounts(_ node: Node, _ lowering: Lowering, rank: Int) throws -> (begin: [Int], end: [Int]) {
    guard let pads = lowering.graph.constant(node, 1)?.integers else {
      throw GraphError("its pads are computed")
    }
    return try Pad.amounts(pads: pads, axes: lowering.graph.constant(node, 3)?.integers, rank: rank)
  }

  /// The part of the input that is kept, and where it goes: negative pads crop.
  private func region(
    _ sizes: [Int], _ begin: [Int], _ end: [Int]
  ) -> (kept: [Int], from: [Int], to: [Int]) {
    let from = begin.map { Swift.max(0, -$0) }
    let kept = sizes.indices.map { sizes[$0] - from[$0] - Swift.max(0, -end[$0]) }
    return (kept, from, begin.map { Swift.max(0, $0) })
  }

  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let (begin, end) = try amounts(node, lowering, rank: sizes.count)
    let (kept, from, to) = region(sizes, begin, end)
    let (source, order) = try lowering.orderedBytes(input)
    let output = node.outputs[0]
    let target = try lowering.defineBytes(output, layout: order.layout(of: lowering.sizes(output)))
    let zero = Int32(try lowering.parameters(output).zeroPoint)
    lowering.builder.emit(PITH_OP_FILL, inputs: [], output: target.tensor) { $0.immediate_i = zero }
    guard kept.allSatisfy({ $0 > 0 }) else { return }
    var dims = [1, 1, 1, 1]
    var (offsetIn, offsetOut) = (0, 0)
    for axis in sizes.indices {
      let place = order.place(of: axis)
      dims[place] = kept[axis]
      offsetIn += from[axis] * source.layout.byteStrides[place]
      offsetOut += to[axis] * target.layout.byteStrides[place]
    }
    lowering.builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
      $0.move = pith_move(
        dims: dims, inputStrides: source.layout.byteStrides, outputStrides: target.layout.byteStrides,
        inputOffset: offsetIn, outputOffset: offsetOut)
    }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    guard mode == .constant else {
      throw GraphError("the runtime pads by a constant, not by \(mode.rawValue)")
    }
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let (begin, end) = try amounts(node, lowering, rank: sizes.count)
    let (kept, from, to) = region(sizes, begin, end)
    let source = try lowering.floats(input)
    let output = node.outputs[0]
    let value = lowering.graph.constant(node, 2)?.floats?.first ?? 0
    let target = try lowering.defineFloats(output)
    lowering.builder.emit(PITH_OP_F32_FILL, inputs: [], output: target) { $0.immediate_f.0 = value }
    guard kept.allSatisfy({ $0 > 0 }) else { return }
    let (strides, outputStrides) = (Tensor.strides(of: sizes), Tensor.strides(of: try lowering.sizes(output)))
    lowering.builder.emit(PITH_OP_F32_COPY, inputs: [source], output: target) {
      $0.move = pith_move(
        dims: kept, inputStrides: strides, outputStrides: outputStrides,
        inputOffset: zip(from, strides).map(*).reduce(0, +),
        outputOffset: zip(to, outputStrides).map(*).reduce(0, +))
    }
  }
}
