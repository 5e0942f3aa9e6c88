import PithGraph

extension MatMul: WeightQuantizable {
  public func outputChannelAxis(weights: [Int]) -> Int { 1 }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let weights = graph.constant(node, 1) else { return "its second factor is computed" }
    if weights.rank != 2 {
      return "its constant factor has \(weights.rank) axes, and the integer kernels take 2"
    }
    guard let first = node.inputs[0], let rank = graph[first].type?.shape.rank, (2...4).contains(rank) else {
      return "its first factor is a vector"
    }
    return nil
  }
}
