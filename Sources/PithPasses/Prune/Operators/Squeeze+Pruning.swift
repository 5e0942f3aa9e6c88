import PithGraph

extension Squeeze: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let input = try coupling.graph.operand(node, 0)
    for (target, source) in try kept(node, coupling.graph).enumerated() {
      coupling.couple(input, source, node.outputs[0], target)
    }
  }

  /// The axes that are not dropped.
  private func kept(_ node: Node, _ graph: Graph) throws -> [Int] {
    let dimensions = graph[try graph.operand(node, 0)].type?.shape.dimensions ?? []
    let output = graph[node.outputs[0]].type?.shape.rank ?? 0
    if node.inputs.count > 1, let listed = node.inputs[1].flatMap({ graph.knownIntegers($0) }) {
      let dropped = Set(try listed.map { try Operands.axis($0, rank: dimensions.count) })
      return dimensions.indices.filter { !dropped.contains($0) }
    }
    let kept = dimensions.indices.filter { dimensions[$0] != 1 }
    guard kept.count == output else { throw GraphError("which axes are dropped depends on the batch") }
    return kept
  }

  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node {
    guard node.inputs.count < 2 || node.inputs[1] == nil else { return node }
    // An axis that has only one channel left must not be dropped with the others.
    let input = try surgery.original.operand(node, 0)
    let dimensions = surgery.original[input].type?.shape.dimensions ?? []
    let dropped = dimensions.indices.filter { dimensions[$0] == 1 }
    var new = node
    new.inputs = [input, surgery.addConstant("\(node.label).axes", Tensor(ints: dropped))]
    return new
  }
}
