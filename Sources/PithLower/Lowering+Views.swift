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
    // Floats that are read as bytes are rounded once, for all views of them, where the map has no padding between.
    if agree, !isExact, model.activations[output] != nil, !hasBytes(input), graph[input].constant == nil,
      (consumers[input]?.count ?? 0) > 1
    {
      let layout = try order(of: input).layout(of: try sizes(input))
      if layout.byteCount == layout.elementCount { _ = try bytes(input, layout: layout) }
    }
    if agree, !isExact, !hasMap(input), let view = stridedValues[input]?.reshaped(try sizes(output)) {
      try define(output, view)
    } else if hasBytes(input), agree, !isExact {
      var value = try bytes(input)
      let (before, after) = (try sizes(input), try sizes(output))
      // Axes that become one may be an axis of the map, too.
      if after.count < before.count, AxisOrder(value.layout, of: after) == nil,
        let merged = StridedBytes(value, sizes: after),
        let map = wholeMap(merged)
      {
        value = map
      }
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
