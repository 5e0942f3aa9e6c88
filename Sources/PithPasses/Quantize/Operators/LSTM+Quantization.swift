import PithGraph

extension LSTM: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    if couplesInputForget { return "its forget gate is coupled to its input gate" }
    if node.inputs.count > 7, node.inputs[7] != nil { return "it has peepholes" }
    return recurrenceObstacle(node, in: graph)
  }
}
