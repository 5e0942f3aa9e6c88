import PithGraph

extension Constant: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    coupling.pinAll(node, "its tensor is written in the graph")
  }
}
