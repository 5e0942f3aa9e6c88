import PithGraph

extension MatMul: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (a, b) = (try coupling.graph.operand(node, 0), try coupling.graph.operand(node, 1))
    let output = node.outputs[0]
    let (rankA, rankB, rank) = (try coupling.rank(a), try coupling.rank(b), try coupling.rank(output))
    let innerB = Swift.max(0, rankB - 2)
    coupling.couple(a, rankA - 1, b, innerB)
    coupling.mark(a, rankA - 1, .input, of: node)
    coupling.mark(b, innerB, .input, of: node)
    // A vector has no axis that stays.
    let trailing = (rankA > 1 ? 1 : 0) + (rankB > 1 ? 1 : 0)
    if rankA > 1 {
      coupling.couple(a, rankA - 2, output, rank - trailing)
      coupling.mark(a, rankA - 2, .output, of: node)
    }
    if rankB > 1 {
      coupling.couple(b, rankB - 1, output, rank - 1)
      coupling.mark(b, rankB - 1, .output, of: node)
    }
    for (operand, operandRank) in [(a, rankA), (b, rankB)] {
      for axis in 0..<Swift.max(0, operandRank - 2) {
        let target = rank - trailing - (operandRank - 2) + axis
        if coupling.size(operand, axis) == 1, coupling.size(output, target) != 1 { continue }
        coupling.couple(operand, axis, output, target)
      }
    }
  }
}
