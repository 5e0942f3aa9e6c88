import PithGraph

extension Pad: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    if mode != .constant { return "no integer kernel pads by \(mode.rawValue)" }
    if node.inputs.count > 2, node.inputs[2] != nil, graph.constant(node, 2)?.floats != [0] {
      return "it pads with a value other than 0"
    }
    return (graph[node.outputs[0]].type?.shape.rank ?? 0) > 4 ? "it has more than 4 axes" : nil
  }
}
