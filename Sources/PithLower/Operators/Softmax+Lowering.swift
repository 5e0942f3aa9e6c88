import CPith
import Foundation
import PithGraph

extension Softmax: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axis = try Operands.axis(axis, rank: sizes.count)
    var order = try lowering.order(of: input)
    if order.place(of: axis) != 3 { order = .innermost(axis, rank: sizes.count) }
    let source = try lowering.bytes(input, layout: order.layout(of: sizes))
    let x = try lowering.parameters(input)
    let y = try lowering.parameters(node.outputs[0])
    let table = (0...255).map {
      UInt32((exp(-Double($0) * Double(x.scale)) * 0x1p24).rounded(.toNearestOrEven))
    }
    let offset = UInt32(lowering.builder.constants.add(ByteBlob.bytes(of: table), alignment: 64))
    let target = try lowering.defineBytes(node.outputs[0], layout: source.layout)
    lowering.builder.emit(PITH_OP_SOFTMAX, inputs: [source.tensor], output: target.tensor) {
      $0.table = offset
      $0.immediate_f.0 = Float(1 / Double(y.scale))
    }
    lowering.account(node, bytes: 1024)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axis = try Operands.axis(axis, rank: sizes.count)
    let output = node.outputs[0]
    // The kernel works along the last axis: bring the axis there and back.
    let order = sizes.indices.filter { $0 != axis } + [axis]
    let strides = Tensor.strides(of: sizes)
    var source = try lowering.floats(input)
    let moved = order.map { sizes[$0] }
    if axis != sizes.count - 1 {
      source = try lowering.emitFloatCopy(source, dims: moved, strides: order.map { strides[$0] })
    }
    let result = lowering.builder.addFloats(moved, name: lowering.graph[output].name)
    lowering.builder.emit(PITH_OP_F32_SOFTMAX, inputs: [source], output: result)
    guard axis != sizes.count - 1 else { return lowering.define(output, floats: result) }
    let movedStrides = Tensor.strides(of: moved)
    let back = sizes.indices.map { movedStrides[order.firstIndex(of: $0) ?? 0] }
    lowering.define(output, floats: try lowering.emitFloatCopy(result, dims: sizes, strides: back))
  }
}
