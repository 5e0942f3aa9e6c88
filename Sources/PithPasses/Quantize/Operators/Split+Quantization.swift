import PithGraph

extension Split: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    (node.inputs.first.flatMap { $0 }.flatMap { graph[$0].type?.shape.rank } ?? 0) > 4
      ? "it has more than 4 axes" : nil
  }
}
