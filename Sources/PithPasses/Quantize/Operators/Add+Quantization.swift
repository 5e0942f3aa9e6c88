import PithGraph

extension Add: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    Broadcasting.obstacle(node, in: graph)
  }
}
