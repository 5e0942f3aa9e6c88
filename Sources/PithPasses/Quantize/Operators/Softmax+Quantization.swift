import PithGraph

extension Softmax: Quantizable {
  public var outputRange: OutputRange { .fixed(QuantizationParameters(scale: 1 / 256, zeroPoint: 0)) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let input = node.inputs[0], let rank = graph[input].type?.shape.rank else {
      return "its shape is not known"
    }
    return rank > 4 ? "it has more than 4 axes" : nil
  }

  public func reasonForFloat(_ node: Node, in graph: Graph) -> String? {
    graph.outputs.contains(node.outputs[0])
      ? "probabilities that leave the network keep full precision; export it without this last Softmax for logits in int8"
      : nil
  }
}
