import PithGraph

extension Transpose: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let input = try coupling.graph.operand(node, 0)
    for (target, source) in try order(rank: try coupling.rank(input)).enumerated() {
      coupling.couple(input, source, node.outputs[0], target)
    }
  }
}
