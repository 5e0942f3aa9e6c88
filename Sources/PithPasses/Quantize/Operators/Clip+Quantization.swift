import PithGraph

extension Clip: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    for index in 1..<3 where index < node.inputs.count && node.inputs[index] != nil {
      guard let bound = graph.constant(node, index)?.floats, bound.count == 1 else {
        return "its bounds are computed"
      }
      if bound[0].isNaN { return "a bound is not a number" }
    }
    return nil
  }
}
