import CPith
import PithGraph

extension Concat: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let output = node.outputs[0]
    let sizes = try lowering.sizes(output)
    let axis = try Operands.axis(axis, rank: sizes.count)
    let first = try lowering.graph.operand(node, 0)
    // Stay in the order that the first operand already has.
    var last = false
    if lowering.hasBytes(first) {
      last = try lowering.bytes(first).layout.isEquivalent(to: .channelsLast(try lowering.sizes(first)))
    }
    func layout(_ sizes: [Int]) -> Layout { last ? .channelsLast(sizes) : .channelsFirst(sizes) }
    let target = try lowering.defineBytes(output, layout: layout(sizes))
    let y = try lowering.parameters(output)
    let mapAxis = layout(sizes).mapAxis(of: axis, rank: sizes.count, channelsLast: last)
    var position = 0
    for index in node.inputs.indices {
      let id = try lowering.graph.operand(node, index)
      let part = try lowering.bytes(id, layout: layout(try lowering.sizes(id)))
      let x = try lowering.parameters(id)
      let table = x == y ? UInt32.max : lowering.addTable(from: x, to: y) { $0 }
      let offset = position * target.layout.byteStrides[mapAxis]
      lowering.builder.emit(PITH_OP_COPY, inputs: [part.tensor], output: target.tensor) {
        $0.table = table
        $0.move = pith_move(
          dims: part.layout.dims, inputStrides: part.layout.byteStrides,
          outputStrides: target.layout.byteStrides,
          outputOffset: offset)
      }
      position += part.layout.dims[mapAxis]
    }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let output = node.outputs[0]
    let sizes = try lowering.sizes(output)
    let axis = try Operands.axis(axis, rank: sizes.count)
    let parts = try node.inputs.indices.map { try lowering.floats(try lowering.graph.operand(node, $0)) }
    let target = try lowering.defineFloats(output)
    let strides = Tensor.strides(of: sizes)
    var position = 0
    for index in node.inputs.indices {
      let part = try lowering.sizes(try lowering.graph.operand(node, index))
      let offset = position * strides[axis]
      lowering.builder.emit(PITH_OP_F32_COPY, inputs: [parts[index]], output: target) {
        $0.move = pith_move(
          dims: part, inputStrides: Tensor.strides(of: part), outputStrides: strides, outputOffset: offset)
      }
      position += part[axis]
    }
  }
}

extension Layout {
  /// The map's axis that an axis of a value is, in one of the two standard orders.
  func mapAxis(of axis: Int, rank: Int, channelsLast: Bool) -> Int {
    switch (rank, channelsLast) {
    case (1, _): 3
    case (2, _): [0, 3][axis]
    case (3, true): [0, 2, 3][axis]
    case (3, false): [0, 3, 2][axis]
    case (_, true): axis
    case (_, false): [0, 3, 1, 2][axis]
    }
  }
}
