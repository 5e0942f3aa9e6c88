import PithGraph

extension Split: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let input = try coupling.graph.operand(node, 0)
    guard coupling.isTracked(input) else { return }
    let rank = try coupling.rank(input)
    let cut = try Operands.axis(axis, rank: rank)
    var start: Int? = 0
    for output in node.outputs {
      for axis in 0..<rank where axis != cut { coupling.couple(input, axis, output, axis) }
      guard let size = coupling.size(output, cut), let first = start else {
        start = nil
        coupling.couple(input, cut, output, cut)
        continue
      }
      for k in 0..<size { coupling.couple(input, cut, index: first + k, output, cut, index: k) }
      start = first + size
    }
  }

  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node {
    let input = try surgery.original.operand(node, 0)
    guard let shape = surgery.original[input].type?.shape,
      let kept = surgery.kept(input, axis: try Operands.axis(axis, rank: shape.rank))
    else { return node }
    let cut = try Operands.axis(axis, rank: shape.rank)
    let listed = node.inputs.count > 1 ? node.inputs[1].flatMap { surgery.original.knownIntegers($0) } : nil
    let before =
      partCount == 1 && listed == nil ? [shape[cut].size ?? 0] : try sizes(listed, of: shape[cut].size)
    var start = 0
    let after = before.map { size in
      defer { start += size }
      return kept.count { $0 >= start && $0 < start + size }
    }
    var new = node
    new.inputs = [input, surgery.addConstant("\(node.label).sizes", Tensor(ints: after))]
    return new
  }
}
