import PithGraph

/// A function of each element of the first operand.
protocol ElementwisePrunable: Prunable {}

extension ElementwisePrunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    try coupling.coupleThrough(node)
  }
}

/// A function of each pair of elements of two operands, with broadcasting.
protocol BroadcastPrunable: Prunable {}

extension BroadcastPrunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    try coupling.coupleBroadcast(node.inputs.compactMap(\.self), node.outputs[0])
  }
}

/// A window or a mean over the spatial axes of `[N, C, spatial…]`.
protocol PoolPrunable: Prunable {}

extension PoolPrunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    try coupling.coupleMaps(node, try coupling.graph.operand(node, 0), node.outputs[0])
  }
}
