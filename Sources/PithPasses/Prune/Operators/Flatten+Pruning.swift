import PithGraph

extension Flatten: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    coupling.coupleReshape(node, try coupling.graph.operand(node, 0), node.outputs[0])
  }
}
