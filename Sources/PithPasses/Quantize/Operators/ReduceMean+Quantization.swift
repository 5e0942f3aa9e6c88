import PithGraph

extension ReduceMean: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let input = node.inputs[0], let sizes = graph[input].type?.shape.sizes else {
      return "its shape is not known"
    }
    return pooledLast(sizes, axes: graph.constant(node, 1)?.integers) == nil
      ? "the integer kernel takes the mean over the axes between the first and the last, or behind the second"
      : nil
  }

  /// How the mean is a pool over a whole map: whether the channels are the value's last axis; nil where it is none.
  public func pooledLast(_ sizes: [Int], axes listed: [Int]?) -> Bool? {
    guard (3...4).contains(sizes.count), let axes = try? axes(listed, rank: sizes.count) else { return nil }
    if axes == Array(1..<(sizes.count - 1)) { return true }
    return axes == Array(2..<sizes.count) ? false : nil
  }
}
