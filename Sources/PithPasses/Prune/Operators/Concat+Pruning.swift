import PithGraph

extension Concat: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let output = node.outputs[0]
    guard coupling.isTracked(output) else { return }
    let rank = try coupling.rank(output)
    let joined = try Operands.axis(axis, rank: rank)
    var offset: Int? = 0
    for index in node.inputs.indices {
      let input = try coupling.graph.operand(node, index)
      for axis in 0..<rank where axis != joined { coupling.couple(input, axis, output, axis) }
      guard let size = coupling.size(input, joined), let first = offset else {
        // What comes after an unknown size has no known place.
        offset = nil
        let obstacle = PruningObstacle(node: node.label, reason: "it joins an axis whose size is not known")
        coupling.pin(input, joined, obstacle)
        coupling.pin(output, joined, obstacle)
        continue
      }
      for k in 0..<size { coupling.couple(input, joined, index: k, output, joined, index: first + k) }
      offset = first + size
    }
  }
}
