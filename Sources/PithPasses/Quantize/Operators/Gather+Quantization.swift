import PithGraph

extension Gather: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let data = node.inputs[0], let indices = node.inputs[1], let sizes = graph[data].type?.shape.sizes,
      let rank = graph[indices].type?.shape.rank
    else { return "its shapes are not known" }
    if graph[node.outputs[0]].type?.shape.rank ?? 0 > 4 { return "it has more than 4 axes" }
    if graph[indices].constant?.integers != nil {
      // One index is a slice.
      if sizes.count > 4 { return "it has more than 4 axes" }
      return rank <= 1 && graph[indices].constant?.count == 1
        ? nil : "the integer kernel picks one constant index, or rows of a constant table"
    }
    guard graph[data].constant != nil, sizes.count == 2, (try? Operands.axis(axis, rank: 2)) == 0 else {
      return "its indices are computed, and it does not pick rows of a constant table"
    }
    return nil
  }
}
