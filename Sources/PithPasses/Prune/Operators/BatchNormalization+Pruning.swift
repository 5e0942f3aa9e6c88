import PithGraph

extension BatchNormalization: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    try coupling.coupleThrough(node)
    let roles: [WeightRole] = [.scale, .shift, .statistic, .statistic]
    for (index, role) in roles.enumerated() {
      let parameter = try coupling.graph.operand(node, index + 1)
      coupling.couple(node.outputs[0], 1, parameter, 0)
      coupling.mark(parameter, 0, role, of: node)
    }
  }
}
