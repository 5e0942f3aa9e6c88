import PithGraph

extension ConvTranspose: WeightQuantizable {
  public func outputChannelAxis(weights: [Int]) -> Int { 1 }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let weights = graph.constant(node, 1) else { return "its weights are computed" }
    if node.inputs.count > 2, node.inputs[2] != nil, graph.constant(node, 2) == nil {
      return "its bias is computed"
    }
    if weights.rank > 4 { return "it has \(weights.rank - 2) spatial axes, and the integer kernels have two" }
    if groups > 1 { return "it has \(groups) groups, and the integer kernels transpose whole convolutions" }
    return nil
  }
}
