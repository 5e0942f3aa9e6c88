import PithGraph

extension Pad: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (input, output) = (try coupling.graph.operand(node, 0), node.outputs[0])
    guard let pads = coupling.integers(node, 1) else { return coupling.pinAll(node, "its pads are computed") }
    let rank = try coupling.rank(input)
    let (begin, end) = try Pad.amounts(pads: pads, axes: coupling.integers(node, 3), rank: rank)
    let obstacle = PruningObstacle(node: node.label, reason: "it pads the channels")
    for axis in 0..<rank {
      if begin[axis] == 0, end[axis] == 0 {
        coupling.couple(input, axis, output, axis)
      } else {
        coupling.pin(input, axis, obstacle)
        coupling.pin(output, axis, obstacle)
      }
    }
  }
}
