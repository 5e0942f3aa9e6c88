/// What a rule may look at: the graph and its edges in both directions.
public struct RewriteContext {
  public internal(set) var graph: Graph
  /// Which node computes each value.
  public internal(set) var producers: [ValueID: Node]
  /// Which nodes read each value, one entry per operand.
  public internal(set) var consumers: [ValueID: [Node]]

  public init(_ graph: Graph) {
    self.graph = graph
    producers = graph.producers()
    consumers = graph.consumers()
  }

  /// The elements of a constant operand.
  public func constant(_ node: Node, _ index: Int) -> Tensor? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    return graph[id].constant
  }

  /// The node that computes an operand.
  public func producer(_ node: Node, _ index: Int) -> Node? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    return producers[id]
  }

  /// The only reader of a value that is not an output of the graph.
  public func onlyConsumer(_ id: ValueID) -> Node? {
    guard let readers = consumers[id], readers.count == 1, !graph.outputs.contains(id) else { return nil }
    return readers[0]
  }
}
