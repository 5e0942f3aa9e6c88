import CPith
import PithGraph
import PithPasses

/// A sum that the layer before it computes: what that one adds, and what it makes instead of its own output.
struct FusedSum {
  /// The sum's output.
  let output: ValueID
  let activation: Activation?
  /// The other operand, as a map that lies as the output will.
  let addend: TensorIndex
  let addendScale: Float

  /// - Parameter y: of the output.
  func apply(to instruction: inout pith_instruction, _ y: QuantizationParameters) {
    instruction.flags = UInt16(PITH_CONV_ADDS)
    instruction.immediate_f.1 = Float(Double(addendScale) / Double(y.scale))
  }
}

extension Lowering {
  /// The sum that a layer computes, if any; its nodes need no instructions then.
  ///
  /// - Parameter layout: of the layer's output.
  mutating func fusedSum(of layer: Node, layout: Layout) throws -> FusedSum? {
    guard let sum = sums[layer.id] else { return nil }
    let parameters = try parameters(sum.addend)
    var value = try bytes(sum.addend, layout: layout)
    if Int(builder.tensors[value.tensor.index].pixel_stride) != layout.pixelStride {
      // Part of a wider map.
      value = convert(value, to: layout, parameters: parameters, name: graph[sum.addend].name)
    }
    computed.formUnion(sum.nodes)
    return FusedSum(
      output: sum.sum.outputs[0], activation: (sum.sum.op as? Add)?.activation, addend: value.tensor,
      addendScale: parameters.scale)
  }
}
