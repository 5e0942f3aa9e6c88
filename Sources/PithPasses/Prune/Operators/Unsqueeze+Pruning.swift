import PithGraph

extension Unsqueeze: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (input, output) = (try coupling.graph.operand(node, 0), node.outputs[0])
    let rank = try coupling.rank(output)
    let added = Set(try (coupling.integers(node, 1) ?? []).map { try Operands.axis($0, rank: rank) })
    for (source, target) in (0..<rank).filter({ !added.contains($0) }).enumerated() {
      coupling.couple(input, source, output, target)
    }
  }
}
