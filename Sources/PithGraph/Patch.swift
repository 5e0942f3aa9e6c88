/// A local change of a graph: nodes that go, nodes that come, and values that take the place of others.
///
/// Passes never mutate in place: a rule returns a patch, and `rewrite` applies it.
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
  /// The graph with the patch applied, its nodes in a valid order.
  /// - Throws: `GraphError` where the patch leaves a cycle.
  public func applying(_ patch: Patch) throws -> Graph {
    var copy = self
    for value in patch.newValues { _ = copy.append(value) }
    func renamed(_ id: ValueID) -> ValueID {
      var id = id
      var steps = 0
      while let next = patch.replacements[id], steps <= patch.replacements.count {
        (id, steps) = (next, steps + 1)
      }
      return id
    }
    var result: [Node] = []
    var inserted = false
    func insertNew(into copy: inout Graph) {
      guard !inserted else { return }
      inserted = true
      for new in patch.newNodes {
        result.append(
          Node(
            id: copy.makeNodeID(), name: new.name, op: new.op, inputs: new.inputs.map { $0.map(renamed) },
            outputs: new.outputs))
      }
    }
    for node in nodes {
      if patch.removed.contains(node.id) {
        insertNew(into: &copy)
        continue
      }
      var node = node
      node.inputs = node.inputs.map { $0.map(renamed) }
      result.append(node)
    }
    insertNew(into: &copy)
    copy.replaceNodes(result)
    copy.replaceOutputs(outputs.map(renamed))
    try copy.sortNodes()
    try copy.inferTypes()
    return copy
  }

  /// Puts the nodes into an order in which operands come before uses, changing as little as possible.
  /// - Throws: `GraphError` where there is a cycle.
  public mutating func sortNodes() throws {
    let producer = producers()
    var state: [NodeID: Bool] = [:]  // false: on the path, true: placed
    var sorted: [Node] = []
    sorted.reserveCapacity(nodes.count)
    for root in nodes where state[root.id] == nil {
      // An explicit stack: a chain of nodes may be longer than the machine's.
      var stack: [(node: Node, next: Int)] = [(root, 0)]
      state[root.id] = false
      while let top = stack.last {
        if top.next < top.node.inputs.count {
          stack[stack.count - 1].next += 1
          guard let input = top.node.inputs[top.next], let before = producer[input] else { continue }
          switch state[before.id] {
          case nil:
            state[before.id] = false
            stack.append((before, 0))
          case false?: throw GraphError(node: before.label, "the graph has a cycle through this node")
          case true?: break
          }
        } else {
          state[top.node.id] = true
          sorted.append(top.node)
          stack.removeLast()
        }
      }
    }
    replaceNodes(sorted)
  }
}
