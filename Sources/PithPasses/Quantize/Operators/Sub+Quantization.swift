import PithGraph

extension Sub: Quantizable {
  public var byteOperandCount: Int { 2 }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    Broadcasting.obstacle(node, in: graph)
  }
}
