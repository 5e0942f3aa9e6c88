import PithGraph

extension Identity: ViewLowerable {
  /// The same bytes, or where the output has other parameters what they become at these.
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    guard let x = lowering.model.activations[input], let y = lowering.model.activations[node.outputs[0]],
      x != y
    else { return try lowering.lowerView(node) }
    try lowering.lowerTable(node) { $0 }
  }
}
