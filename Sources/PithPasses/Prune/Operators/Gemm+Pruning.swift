import PithGraph

extension Gemm: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (a, b) = (try coupling.graph.operand(node, 0), try coupling.graph.operand(node, 1))
    let output = node.outputs[0]
    let (rows, innerA) = transposesA ? (1, 0) : (0, 1)
    let (innerB, columns) = transposesB ? (1, 0) : (0, 1)
    coupling.couple(a, rows, output, 0)
    coupling.couple(a, innerA, b, innerB)
    coupling.couple(b, columns, output, 1)
    coupling.mark(a, rows, .output, of: node)
    coupling.mark(a, innerA, .input, of: node)
    coupling.mark(b, columns, .output, of: node)
    coupling.mark(b, innerB, .input, of: node)
    guard coupling.has(node, 2) else { return }
    let c = try coupling.graph.operand(node, 2)
    try coupling.coupleBroadcast([c], output)
    if let last = Optional(try coupling.rank(c) - 1), last >= 0, coupling.size(c, last) != 1 {
      coupling.mark(c, last, .bias, of: node)
    }
  }
}
