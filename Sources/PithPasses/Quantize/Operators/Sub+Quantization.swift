import PithGraph

extension Sub: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    Broadcasting.obstacle(node, in: graph)
  }
}
