import PithGraph

extension Dropout: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    try coupling.coupleThrough(node)
    guard node.outputs.count > 1 else { return }
    for axis in 0..<(try coupling.rank(node.outputs[0])) {
      coupling.couple(node.outputs[0], axis, node.outputs[1], axis)
    }
  }
}
