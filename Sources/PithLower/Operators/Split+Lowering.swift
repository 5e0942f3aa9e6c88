import CPith
import PithGraph

/// A copy for each part that something reads.
extension Split: Lowerable {
  /// The parts that are read: the value, its sizes, and where it begins along the axis.
  private func parts(_ node: Node, _ lowering: Lowering) throws -> [(id: ValueID, sizes: [Int], start: Int)] {
    var start = 0
    var parts: [(id: ValueID, sizes: [Int], start: Int)] = []
    for output in node.outputs {
      let sizes = try lowering.sizes(output)
      if lowering.isRead(output) { parts.append((output, sizes, start)) }
      start += sizes[try Operands.axis(axis, rank: sizes.count)]
    }
    return parts
  }

  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axis = try Operands.axis(axis, rank: sizes.count)
    let rest = try parts(node, lowering).filter {
      try !lowering.defineFactor($0.id, of: input, axis: axis, from: $0.start)
    }
    if rest.isEmpty { return }
    let (source, order) = try lowering.orderedBytes(input)
    let place = order.place(of: axis)
    let strides = source.layout.byteStrides
    for part in rest {
      let target = try lowering.defineBytes(part.id, layout: order.layout(of: part.sizes))
      lowering.builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
        $0.move = pith_move(
          dims: target.layout.dims, inputStrides: strides, outputStrides: target.layout.byteStrides,
          inputOffset: part.start * strides[place])
      }
    }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let strides = Tensor.strides(of: sizes)
    let axis = try Operands.axis(axis, rank: sizes.count)
    let source = try lowering.floats(input)
    for part in try parts(node, lowering) {
      lowering.define(
        part.id,
        floats: try lowering.emitFloatCopy(
          source, dims: part.sizes, strides: strides, offset: part.start * strides[axis],
          name: lowering.graph[part.id].name))
    }
  }
}
