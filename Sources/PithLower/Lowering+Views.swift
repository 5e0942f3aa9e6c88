import PithGraph

extension Lowering {
  /// Lowers a node whose output has its input's elements in the same order: no instruction at all.
  mutating func lowerView(_ node: Node) throws {
    let input = try graph.operand(node, 0)
    let output = node.outputs[0]
    // Readers of the view take its parameters: where they are not those of the bytes, the view is one of floats.
    let agree = model.activations[output].map { $0 == model.activations[input] } ?? true
    // What is read in floating point takes the numbers themselves where they are there, not what is left of them in bytes.
    let isExact = model.activations[output] == nil && existingFloats(input) != nil
    if hasBytes(input), agree, !isExact {
      let value = try bytes(input)
      define(output, bytes: value.tensor, value.layout)
    } else {
      let source = try floats(input)
      define(output, floats: builder.addFloatView(of: source, try sizes(output)))
    }
  }
}

/// An operator whose output has its input's elements in the same order.
protocol ViewLowerable: Lowerable {}

extension ViewLowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws { try lowering.lowerView(node) }
  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws { try lowering.lowerView(node) }
}
