/// A local improvement of a graph.
public protocol RewriteRule: Sendable {
  /// What messages and `--explain` call it.
  var name: String { get }

  /// The change to make at this node, or nil where the rule does not apply.
  func patch(at node: Node, in context: RewriteContext) throws -> Patch?
}

/// What a rule may look at: the graph and its edges in both directions.
public struct RewriteContext {
  public let graph: Graph
  public let producers: [ValueID: Node]
  public let consumers: [ValueID: [Node]]

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

/// One patch that was applied: by which rule and at which node.
public struct AppliedRewrite: Sendable, Hashable {
  public var rule: String
  public var node: String
}

extension Graph {
  /// Applies rules until none applies or `limit` patches are done (to bisect a wrong rule), and verifies the graph.
  /// - Returns: the new graph and what was done, in order.
  /// - Throws: `GraphError` where a rule breaks the graph; the message names the rule.
  public func rewritten(by rules: [any RewriteRule], limit: Int = .max) throws -> (Graph, [AppliedRewrite]) {
    var graph = self
    var log: [AppliedRewrite] = []
    // A rule that undoes another would never end.
    let bound = Swift.min(limit, 100 * (nodes.count + 10))
    var context = RewriteContext(graph)
    var position = 0
    var unchanged = 0
    while log.count < bound, !graph.nodes.isEmpty, unchanged < graph.nodes.count {
      if position >= graph.nodes.count { position = 0 }
      let node = graph.nodes[position]
      guard let (patch, rule) = try Graph.firstPatch(rules, at: node, in: context) else {
        position += 1
        unchanged += 1
        continue
      }
      do {
        graph = try graph.applying(patch)
      } catch let error as GraphError {
        throw GraphError(
          node: error.node ?? node.label, "the rewrite '\(rule)' broke the graph: \(error.message)")
      }
      log.append(AppliedRewrite(rule: rule, node: node.label))
      context = RewriteContext(graph)
      unchanged = 0
      position = Swift.max(0, position - 2)
    }
    try graph.verify()
    return (graph, log)
  }

  private static func firstPatch(
    _ rules: [any RewriteRule], at node: Node, in context: RewriteContext
  ) throws -> (Patch, String)? {
    for rule in rules {
      if let patch = try rule.patch(at: node, in: context) { return (patch, rule.name) }
    }
    return nil
  }
}
