import PithGraph

/// Reductions over a whole map are pools.
extension ReduceMean: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? { obstacleToPool(node, in: graph) }
}

extension ReduceSum: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? { obstacleToPool(node, in: graph) }
}

extension ReduceMax: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? { obstacleToPool(node, in: graph) }
}

extension Reduction {
  fileprivate func obstacleToPool(_ node: Node, in graph: Graph) -> String? {
    guard let input = node.inputs[0], let sizes = graph[input].type?.shape.sizes else {
      return "its shape is not known"
    }
    let axes = graph.constant(node, 1)?.integers
    if let reduced = try? self.axes(axes, rank: sizes.count), reduced.reduce(1, { $0 * sizes[$1] }) > 1 << 20
    {
      return "it reduces more than 1,048,576 elements to one, which is the most that a pool takes"
    }
    return pooledLast(sizes, axes: axes) == nil && pooledMatrix(sizes, axes: axes) == nil
      ? "the integer kernel reduces the axes between the first and the last, behind the second, or before all others of a sequence"
      : nil
  }

  /// How the reduction is a pool over a whole map: whether the channels are the value's last axis; nil where it is none.
  public func pooledLast(_ sizes: [Int], axes listed: [Int]?) -> Bool? {
    guard (3...4).contains(sizes.count), let axes = try? axes(listed, rank: sizes.count) else { return nil }
    if axes == Array(1..<(sizes.count - 1)) { return true }
    return axes == Array(2..<sizes.count) ? false : nil
  }

  /// How the reduction of a sequence is one over the rows or the columns of a matrix, axes of size 1 left out: how many there
  /// are of what is reduced, whether they come first, and how many results there are; nil where it is none.
  public func pooledMatrix(
    _ sizes: [Int], axes listed: [Int]?
  ) -> (averaged: Int, comeFirst: Bool, count: Int)? {
    guard sizes.count == 3, let axes = try? axes(listed, rank: sizes.count) else { return nil }
    let long = sizes.indices.filter { sizes[$0] > 1 }
    let averaged = long.filter { axes.contains($0) }
    let kept = long.filter { !axes.contains($0) }
    guard let first = averaged.first, let last = averaged.last, !kept.isEmpty else { return nil }
    let comeFirst = kept.allSatisfy { $0 > last }
    guard comeFirst || kept.allSatisfy({ $0 < first }) else { return nil }
    return (averaged.map { sizes[$0] }.reduce(1, *), comeFirst, kept.map { sizes[$0] }.reduce(1, *))
  }
}
