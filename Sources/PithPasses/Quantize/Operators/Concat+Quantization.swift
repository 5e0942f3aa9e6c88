import PithGraph

extension Concat: Quantizable {
  public var byteOperandCount: Int { .max }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    (graph[node.outputs[0]].type?.shape.rank ?? 0) > 4 ? "it has more than 4 axes" : nil
  }
}
