import CPith
import PithGraph
import PithPasses

/// A sum that the convolution or product before it computes: what that one adds, and what it makes instead of its own output.
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
  /// The sum that alone reads the output of a convolution or product, where the other operand is there already in the same layout.
  ///
  /// It rounds once instead of twice. As each value is computed in the graph's order, of two that are added it is the
  /// later one.
  ///
  /// - Parameter layout: of the output.
  mutating func fusedSum(of product: Node, activation: Activation?, layout: Layout) throws -> FusedSum? {
    let own = product.outputs[0]
    guard activation == nil, !graph.outputs.contains(own), let readers = consumers[own], readers.count == 1,
      let sum = readers[0].op as? Add, model.placements[readers[0].id] == .integer
    else { return nil }
    let operands = [try graph.operand(readers[0], 0), try graph.operand(readers[0], 1)]
    guard let other = operands.first(where: { $0 != own }), graph[other].constant == nil, hasMap(other),
      try sizes(other) == sizes(own)
    else { return nil }
    let value = try bytes(other)
    guard value.layout.isEquivalent(to: layout), value.layout.pixelStride == layout.pixelStride else {
      return nil
    }
    return FusedSum(
      output: readers[0].outputs[0], activation: sum.activation, addend: value.tensor,
      addendScale: try parameters(other).scale)
  }
}
