extension Graph {
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
