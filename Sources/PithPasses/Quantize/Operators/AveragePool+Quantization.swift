import PithGraph

extension AveragePool: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    window.kernel.count > 2
      ? "it has \(window.kernel.count) spatial axes, and the integer kernels have two" : nil
  }
}
