import CPith
import PithGraph

extension Concat: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let output = node.outputs[0]
    let sizes = try lowering.sizes(output)
    let axis = try Operands.axis(axis, rank: sizes.count)
    // Stay in the order that the first operand already has.
    let order = try lowering.order(of: try lowering.graph.operand(node, 0))
    let target = try lowering.defineBytes(output, layout: order.layout(of: sizes))
    let y = try lowering.parameters(output)
    let place = order.place(of: axis)
    var position = 0
    for index in node.inputs.indices {
      let id = try lowering.graph.operand(node, index)
      let part = try lowering.bytes(id, layout: order.layout(of: lowering.sizes(id)))
      let x = try lowering.parameters(id)
      let table = x == y ? UInt32.max : lowering.addTable(from: x, to: y) { $0 }
      let offset = position * target.layout.byteStrides[place]
      lowering.builder.emit(PITH_OP_COPY, inputs: [part.tensor], output: target.tensor) {
        $0.table = table
        $0.move = pith_move(
          dims: part.layout.dims, inputStrides: part.layout.byteStrides,
          outputStrides: target.layout.byteStrides,
          outputOffset: offset)
      }
      position += part.layout.dims[place]
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
