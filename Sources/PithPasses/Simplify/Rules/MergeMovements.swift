import PithGraph

/// Writes a chain of nodes that only move elements (reshapes, transposes, slices, picks of one index) anew as few as can
/// do the same, such as those around the heads of an attention.
///
/// A chain is rewritten only where that costs less, so that this ends. Values in the middle that others read stay.
public struct MergeMovements: RewriteRule {
  public let name = "merge movements"
  /// Longer chains are merged piece by piece.
  private static let longest = 12

  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    let chain = self.chain(to: node, in: context)
    guard !chain.isEmpty, let to = context.outputType(node)?.shape else { return nil }
    var best: (plan: Movement.Plan, source: ValueID, length: Int, gain: Int)?
    for length in 1...chain.count {
      guard let source = chain[length - 1].inputs[0], let from = context.graph[source].type?.shape,
        var movement = Movement(from)
      else { continue }
      guard chain[..<length].reversed().allSatisfy({ movement.append($0, in: context) }),
        let plan = movement.plan(from: from, to: to)
      else { continue }
      let gain = saved(chain[..<length], in: context) - plan.cost
      if gain > best?.gain ?? 0 { best = (plan, source, length, gain) }
    }
    guard let best else { return nil }
    if best.plan.cost == 0 { return context.bypass(node, with: best.source) }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    best.plan.add(to: &patch, input: best.source, output: node.outputs[0], name: node.label)
    return patch
  }

  /// A node that moves elements, and those before it, the last one first.
  private func chain(to node: Node, in context: RewriteContext) -> [Node] {
    var chain: [Node] = []
    var current: Node? = node
    while let node = current, chain.count < Self.longest, Movement.isStep(node.op), node.outputs.count == 1,
      let x = node.inputs.first ?? nil, context.graph[x].constant == nil,
      context.graph[x].type?.element == .float32
    {
      chain.append(node)
      current = context.producers[x]
    }
    return chain
  }

  /// What the nodes cost that nobody needs once the last one is gone.
  private func saved(_ chain: ArraySlice<Node>, in context: RewriteContext) -> Int {
    var cost = 0
    for (index, node) in chain.enumerated() {
      if index > 0, context.onlyConsumer(node.outputs[0]) == nil { break }
      cost += Movement.cost(node.op)
    }
    return cost
  }
}
