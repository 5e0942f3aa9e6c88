/// A local improvement of a graph.
public protocol RewriteRule: Sendable {
  /// What messages and `--explain` call it.
  var name: String { get }

  /// The change to make at this node, or nil where the rule does not apply.
  func patch(at node: Node, in context: RewriteContext) throws -> Patch?
}

/// One patch that was applied: by which rule and at which node.
public struct AppliedRewrite: Sendable, Hashable {
  public var rule: String
  public var node: String
}

extension Graph {
  /// Applies rules until none applies or `limit` patches are done (to bisect a wrong rule), and verifies the graph.
  ///
  /// Each patch is checked as it is applied; a rule may not change the element type or the known sizes of an output.
  /// - Returns: the new graph and what was done, in order.
  /// - Throws: `GraphError` where a rule breaks the graph; the message names the rule.
  public func rewritten(by rules: [any RewriteRule], limit: Int = .max) throws -> (Graph, [AppliedRewrite]) {
    var context = RewriteContext(self)
    try context.inferTypes()
    let outputTypes = context.outputTypes
    var log: [AppliedRewrite] = []
    // A rule that undoes another would never end.
    let bound = Swift.min(limit, 100 * (nodes.count + 10))
    var position = 0
    var unchanged = 0
    while log.count < bound, unchanged < context.graph.nodes.count {
      if position >= context.graph.nodes.count { position = 0 }
      let node = context.graph.nodes[position]
      guard let (patch, rule) = try Graph.firstPatch(rules, at: node, in: context) else {
        position += 1
        unchanged += 1
        continue
      }
      do {
        let first = try context.apply(patch)
        try context.check(outputTypes)
        // What comes just before may fit a rule now.
        position = Swift.max(0, Swift.min(position, first) - 2)
      } catch let error as GraphError {
        throw GraphError(
          node: error.node ?? node.label, "the rewrite '\(rule)' broke the graph: \(error.message)")
      }
      log.append(AppliedRewrite(rule: rule, node: node.label))
      unchanged = 0
    }
    try context.graph.verify()
    return (context.graph, log)
  }

  private static func firstPatch(
    _ rules: [any RewriteRule], at node: Node, in context: RewriteContext
  ) throws -> (Patch, String)? {
    for rule in rules {
      do {
        if let patch = try rule.patch(at: node, in: context) { return (patch, rule.name) }
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
    }
    return nil
  }
}

extension RewriteContext {
  var outputTypes: [ValueType?] { graph.outputs.map { graph[$0].type } }

  /// Checks that the outputs are still of these types; a name may have become a number or the other way around.
  func check(_ before: [ValueType?]) throws {
    for (id, type) in zip(graph.outputs, before) {
      guard let type, let now = graph[id].type else { continue }
      let sizesAgree = zip(type.shape.dimensions, now.shape.dimensions).allSatisfy { old, new in
        old.size == nil || new.size == nil || old == new
      }
      guard type.element == now.element, type.shape.rank == now.shape.rank, sizesAgree else {
        throw GraphError("output '\(graph[id].name)' was \(type) and is now \(now)")
      }
    }
  }
}
