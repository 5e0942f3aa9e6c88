import PithGraph

extension GRU: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    recurrenceObstacle(node, in: graph)
  }
}
