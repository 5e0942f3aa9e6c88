import PithGraph

extension LayerNormalization: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let x = node.inputs[0], let sizes = graph[x].type?.shape.sizes else {
      return "its shape is not known"
    }
    if sizes.count > 4 { return "it has more than 4 axes" }
    guard let axis = try? Operands.axis(axis, rank: sizes.count), axis == sizes.count - 1 else {
      return "the integer kernel normalizes over the last axis only"
    }
    if sizes[axis] > 1 << 20 { return "its rows are longer than the integer kernel takes" }
    for index in 1..<node.inputs.count where node.inputs[index] != nil && graph.constant(node, index) == nil {
      return "its scale or bias is computed"
    }
    return nil
  }
}
