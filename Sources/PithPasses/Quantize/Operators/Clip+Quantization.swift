import PithGraph

extension Clip: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    for index in 1..<3 where index < node.inputs.count && node.inputs[index] != nil {
      if graph.constant(node, index)?.floats?.count != 1 { return "its bounds are computed" }
    }
    return nil
  }
}
