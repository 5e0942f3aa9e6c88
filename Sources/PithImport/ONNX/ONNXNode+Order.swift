import PithGraph

extension ONNXNode {
  /// The nodes in an order in which operands come before their uses, changing as little as possible.
  /// - Throws: `ImportError` where a value is computed twice or depends on itself.
  static func sorted(_ nodes: [ONNXNode], given: Set<String>) throws -> [ONNXNode] {
    var producer: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        guard !given.contains(output), producer.updateValue(index, forKey: output) == nil else {
          throw ImportError(
            file: "", node: node.label,
            "value '\(output.printable())' is computed twice; export the model again")
        }
      }
    }
    enum State { case new, open, done }
    var state = [State](repeating: .new, count: nodes.count)
    var result: [ONNXNode] = []
    result.reserveCapacity(nodes.count)
    for root in nodes.indices where state[root] == .new {
      // An explicit stack: a chain of nodes may be longer than the machine's.
      var stack = [(node: root, next: 0)]
      state[root] = .open
      while let top = stack.last {
        let inputs = nodes[top.node].inputs + nodes[top.node].captures
        if top.next == inputs.count {
          state[top.node] = .done
          result.append(nodes[top.node])
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        guard let before = producer[inputs[top.next]] else { continue }
        switch state[before] {
        case .new:
          state[before] = .open
          stack.append((before, 0))
        case .open:
          throw ImportError(
            file: "", node: nodes[before].label, "its result depends on itself; export the model again")
        case .done: break
        }
      }
    }
    return result
  }
}
