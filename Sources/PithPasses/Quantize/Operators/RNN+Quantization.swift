import PithGraph

extension RNN: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    recurrenceObstacle(node, in: graph)
  }
}
