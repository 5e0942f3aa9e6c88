import PithGraph

extension ReduceMean: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let input = try coupling.graph.operand(node, 0)
    let rank = try coupling.rank(input)
    let reduced = Set(try axes(coupling.integers(node, 1), rank: rank))
    let obstacle = PruningObstacle(node: node.label, reason: "it takes the mean over all channels")
    var target = 0
    for axis in 0..<rank {
      if reduced.contains(axis) {
        coupling.pin(input, axis, obstacle)
        if keepsDimensions { target += 1 }
      } else {
        coupling.couple(input, axis, node.outputs[0], target)
        target += 1
      }
    }
  }
}
