import PithGraph

extension Gather: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (data, output) = (try coupling.graph.operand(node, 0), node.outputs[0])
    let indices = try coupling.graph.operand(node, 1)
    let rank = try coupling.rank(data)
    let axis = try Operands.axis(axis, rank: rank)
    let width = try coupling.rank(indices)
    for other in 0..<rank where other != axis {
      coupling.couple(data, other, output, other < axis ? other : other + width - 1)
      coupling.mark(data, other, .output, of: node)
    }
    let obstacle = PruningObstacle(node: node.label, reason: "it picks channels by number")
    guard let picked = coupling.graph.knownIntegers(indices), let size = coupling.size(data, axis) else {
      coupling.pin(data, axis, obstacle)
      for other in axis..<axis + width { coupling.pin(output, other, obstacle) }
      return
    }
    for (position, index) in picked.enumerated() {
      let index = index < 0 ? index + size : index
      if width == 1 {
        coupling.couple(data, axis, index: index, output, axis, index: position)
      } else {
        coupling.pin(data, axis, index: index, obstacle)
      }
    }
    if width > 1 { for other in axis..<axis + width { coupling.pin(output, other, obstacle) } }
  }

  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node {
    let (data, indices) = (try surgery.original.operand(node, 0), try surgery.original.operand(node, 1))
    let rank = surgery.original[data].type?.shape.rank ?? 0
    let axis = try Operands.axis(axis, rank: rank)
    guard let kept = surgery.kept(data, axis: axis), let picked = surgery.original.knownIntegers(indices),
      let size = surgery.original[data].type?.shape[axis].size
    else { return node }
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let moved = picked.compactMap { places[$0 < 0 ? $0 + size : $0] }
    let isScalar = surgery.original[indices].type?.shape.rank == 0
    guard !moved.isEmpty || picked.isEmpty, !isScalar || moved.count == 1,
      let shape = isScalar
        ? []
        : moved.count == picked.count
          ? surgery.original[indices].type?.shape.sizes : [moved.count]
    else { throw GraphError("the channels that it picks are gone") }
    var new = node
    new.inputs[1] = surgery.addConstant("\(node.label).indices", Tensor(shape: shape, ints: moved))
    return new
  }
}
