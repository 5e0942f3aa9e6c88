import PithGraph

extension Reshape: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    coupling.coupleReshape(node, try coupling.graph.operand(node, 0), node.outputs[0])
  }

  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node {
    let (input, output) = (try surgery.original.operand(node, 0), node.outputs[0])
    guard let from = surgery.graph[input].type?.shape, let to = surgery.shape(output) else { return node }
    // A shape that copies, infers or computes its sizes may be right already.
    if let types = try? surgery.graph.outputTypes(of: node), types[0].shape == to { return node }
    guard let target = target(node, surgery, from: from, to: to) else {
      throw GraphError("the shape \(to) cannot be written as one of constants")
    }
    var new = node
    new.inputs[1] = surgery.addConstant("\(node.label).shape", Tensor(ints: target))
    return new
  }

  /// The old shape where it is constant, with the sizes that changed; else one from the types.
  private func target(_ node: Node, _ surgery: PruningSurgery, from: Shape, to: Shape) -> [Int]? {
    if let shape = surgery.original.constant(node, 1)?.integers, shape.count == to.rank {
      return zip(shape, to.dimensions).map { old, new in old > 0 ? new.size ?? old : old }
    }
    // Flatten's form has no operand: only that of a shape will do here.
    var target: [Int] = []
    for (axis, dimension) in to.dimensions.enumerated() {
      target.append(dimension.size ?? (axis < from.rank && from[axis] == dimension ? 0 : -1))
    }
    return target.filter { $0 == -1 }.count <= 1 && !target.contains { $0 < -1 } ? target : nil
  }
}
