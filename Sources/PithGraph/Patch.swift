/// A local change of a graph: nodes that go, nodes that come, and values that take the place of others.
///
/// Passes never mutate in place: a rule returns a patch, and `Graph.rewritten(by:limit:)` applies it. Where a patch takes
/// away the last reader of a constant, the constant's elements go too.
public struct Patch: Sendable {
  /// A node to be inserted where the first removed node stood (or before the first use of its outputs).
  public struct NewNode: Sendable {
    public var name: String
    public var op: any Operator
    public var inputs: [ValueID?]
    public var outputs: [ValueID]
  }

  public private(set) var newValues: [Value] = []
  public private(set) var newNodes: [NewNode] = []
  public private(set) var removed: Set<NodeID> = []
  public private(set) var replacements: [ValueID: ValueID] = [:]
  private let firstValue: Int

  public init(_ graph: Graph) { firstValue = graph.values.count }

  public mutating func addConstant(_ name: String, _ tensor: Tensor) -> ValueID {
    newValues.append(Value(name: name, type: tensor.type, constant: tensor))
    return ValueID(firstValue + newValues.count - 1)
  }

  public mutating func addValue(_ name: String) -> ValueID {
    newValues.append(Value(name: name))
    return ValueID(firstValue + newValues.count - 1)
  }

  /// Adds a node. It may compute existing values, where the node that did is removed.
  public mutating func addNode(_ op: any Operator, inputs: [ValueID?], outputs: [ValueID], name: String) {
    newNodes.append(NewNode(name: name, op: op, inputs: inputs, outputs: outputs))
  }

  public mutating func remove(_ node: NodeID) { removed.insert(node) }

  /// Every use of `old`, the graph's outputs included, becomes a use of `new`.
  public mutating func replace(_ old: ValueID, with new: ValueID) { replacements[old] = new }
}

extension Graph {
  /// The graph with the patch applied, its nodes in a valid order and its types inferred anew where they may differ.
  /// - Throws: `GraphError` where the patch leaves a cycle, a value that is read but not computed, one that is computed
  ///   twice, or operands that do not fit.
  public func applying(_ patch: Patch) throws -> Graph {
    var context = RewriteContext(self)
    try context.apply(patch)
    return context.graph
  }
}
