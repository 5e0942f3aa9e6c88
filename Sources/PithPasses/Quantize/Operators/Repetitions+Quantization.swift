import PithGraph

extension Expand: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    Repetition.obstacle(node, in: graph)
  }
}

extension Tile: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    Repetition.obstacle(node, in: graph)
  }
}

extension Repetition {
  /// How the node repeats its first operand; nil where the sizes are not known or do not suit.
  public init?(_ node: Node, in graph: Graph) {
    guard let x = node.inputs[0], let from = graph[x].type?.shape.sizes,
      let to = graph[node.outputs[0]].type?.shape.sizes
    else { return nil }
    self.init(from: from, to: to)
  }

  fileprivate static func obstacle(_ node: Node, in graph: Graph) -> String? {
    Repetition(node, in: graph) == nil ? "it repeats more axes than an integer copy has" : nil
  }
}
