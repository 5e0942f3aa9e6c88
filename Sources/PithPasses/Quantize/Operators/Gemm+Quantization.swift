import PithGraph

extension Gemm: WeightQuantizable {
  public func outputChannelAxis(weights: [Int]) -> Int { transposesB ? 0 : 1 }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    if graph.constant(node, 1) == nil { return "its second factor is computed" }
    if alpha != 1 || beta != 1 { return "its alpha or beta is not 1" }
    if transposesA { return "its first factor is transposed" }
    if node.inputs.count > 2, let bias = node.inputs[2] {
      guard let tensor = graph[bias].constant else { return "its bias is computed" }
      if tensor.rank == 2, tensor.shape[0] != 1 { return "its bias differs from row to row" }
    }
    return nil
  }
}
