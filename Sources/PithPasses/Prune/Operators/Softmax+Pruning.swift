import PithGraph

extension Softmax: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    try coupling.coupleThrough(node)
    let axis = try Operands.axis(axis, rank: try coupling.rank(node.outputs[0]))
    coupling.pin(
      node.outputs[0], axis,
      PruningObstacle(node: node.label, reason: "every output of a softmax depends on all channels"))
  }
}
