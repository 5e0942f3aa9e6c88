import PithGraph

extension MatMul: WeightQuantizable {
  /// A constant second factor is weights, which become bytes of their own kind.
  public var byteOperandCount: Int { 2 }

  public func outputChannelAxis(weights: [Int]) -> Int { 1 }

  public func symmetricOperands(_ node: Node, in graph: Graph) -> [Int] {
    graph.constant(node, 1) == nil ? [1] : []
  }

  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let weights = graph.constant(node, 1) else { return obstacleToProduct(node, in: graph) }
    if weights.rank != 2 {
      return "its constant factor has \(weights.rank) axes, and the integer kernels take 2"
    }
    guard let first = node.inputs[0], let rank = graph[first].type?.shape.rank, (2...4).contains(rank) else {
      return "its first factor is a vector"
    }
    return nil
  }

  /// Of two computed factors.
  private func obstacleToProduct(_ node: Node, in graph: Graph) -> String? {
    guard let first = node.inputs[0], let second = node.inputs[1], let a = graph[first].type?.shape.sizes,
      let b = graph[second].type?.shape.sizes
    else { return "its shapes are not known" }
    guard (2...4).contains(a.count), (2...4).contains(b.count) else {
      return "its factors have \(a.count) and \(b.count) axes, and the integer kernels take 2 to 4"
    }
    let leading = (Array(a.dropLast(2)), Array(b.dropLast(2)))
    guard leading.0 == leading.1 || leading.1.allSatisfy({ $0 == 1 }) || leading.0.allSatisfy({ $0 == 1 })
    else {
      return "no integer kernel broadcasts its factors \(a) and \(b)"
    }
    // The sum of so many products of bytes must fit 32 bits.
    return (a.last ?? 0) > 1 << 16 ? "its inner axis is too long for 32-bit sums" : nil
  }
}
