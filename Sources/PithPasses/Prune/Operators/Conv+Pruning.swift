import PithGraph

extension Conv: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (input, weights) = (try coupling.graph.operand(node, 0), try coupling.graph.operand(node, 1))
    let output = node.outputs[0]
    try coupling.coupleMaps(node, input, output, channels: false)
    let kernel = PruningObstacle(node: node.label, reason: "it is an axis of the kernel")
    for axis in 2..<(try coupling.rank(weights)) { coupling.pin(weights, axis, kernel) }
    coupling.couple(output, 1, weights, 0)
    if coupling.has(node, 2) {
      let bias = try coupling.graph.operand(node, 2)
      coupling.couple(output, 1, bias, 0)
      coupling.mark(bias, 0, .bias, of: node)
    }
    guard let outputs = coupling.size(weights, 0), let perGroup = coupling.size(weights, 1) else { return }
    if groups > 1, perGroup == 1 {
      // Depthwise: an input channel goes with all the output channels that are computed from it alone.
      for index in 0..<outputs {
        coupling.couple(output, 1, index: index, input, 1, index: index / (outputs / groups))
      }
      coupling.mark(weights, 0, .depthwise, of: node)
      return
    }
    // In every group the same: groups stay equally large.
    for index in 0..<perGroup * groups {
      coupling.couple(input, 1, index: index, weights, 1, index: index % perGroup)
    }
    if coupling.size(input, 1) == nil {
      coupling.pin(
        weights, 1, PruningObstacle(node: node.label, reason: "its input's channels are not known"))
    }
    let outputsPerGroup = outputs / groups
    for index in outputsPerGroup..<Swift.max(outputsPerGroup, outputs) {
      coupling.couple(output, 1, index: index, output, 1, index: index % outputsPerGroup)
    }
    coupling.mark(weights, 0, .output, of: node)
    coupling.mark(weights, 1, .input, of: node)
  }

  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node {
    let weights = try surgery.original.operand(node, 1)
    guard groups > 1, surgery.original[weights].type?.shape[1] == 1,
      let kept = surgery.kept(try surgery.original.operand(node, 0), axis: 1)
    else { return node }
    var (new, op) = (node, self)
    op.groups = kept.count
    new.op = op
    return new
  }
}
