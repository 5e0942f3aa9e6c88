extension RewriteContext {
  /// Infers all types.
  mutating func inferTypes() throws { try graph.inferTypes() }

  /// Applies a patch in place, at a cost that hardly depends on the size of the graph: edges, order and types are
  /// brought up to date only where the patch touched them.
  /// - Returns: the position of the first node that is new or gone.
  /// - Throws: `GraphError` where the result is no graph; the context is of no use then.
  @discardableResult
  mutating func apply(_ patch: Patch) throws -> Int {
    for value in patch.newValues { _ = graph.append(value) }
    let (removed, first) = detach(patch.removed)
    let added = try attach(patch, at: first)
    let rerouted = try reroute(patch)
    graph.replaceOutputs(graph.outputs.map(patch.renamed))
    try checkReadValues(removed: removed)
    dropUnreadConstants(among: removed.flatMap { $0.inputs.compactMap(\.self) } + patch.replacements.keys)
    let touched = Set(added + rerouted)
    if !isOrdered(around: touched, added: Set(added)) { try graph.sortNodes() }
    try inferTypes(from: touched)
    return first
  }

  /// Takes nodes out of the list and out of the edges.
  private mutating func detach(_ ids: Set<NodeID>) -> (nodes: [Node], first: Int) {
    // Few: comparing is faster than hashing.
    let ids = Array(ids)
    guard let first = graph.nodes.firstIndex(where: { ids.contains($0.id) }) else {
      return ([], graph.nodes.count)
    }
    let removed = graph.nodes[first...].filter { ids.contains($0.id) }
    graph.nodes.removeAll { ids.contains($0.id) }
    for node in removed {
      for output in node.outputs where producers[output]?.id == node.id { producers[output] = nil }
      for case let input? in node.inputs {
        if let at = consumers[input]?.firstIndex(where: { $0.id == node.id }) {
          consumers[input]?.remove(at: at)
        }
      }
    }
    return (removed, first)
  }

  /// Puts the patch's nodes into the list and the edges.
  private mutating func attach(_ patch: Patch, at first: Int) throws -> [NodeID] {
    var added: [Node] = []
    for new in patch.newNodes {
      let node = Node(
        id: graph.makeNodeID(), name: new.name, op: new.op, inputs: new.inputs.map { $0.map(patch.renamed) },
        outputs: new.outputs)
      for output in node.outputs {
        guard graph.values.indices.contains(output.index) else {
          throw GraphError(node: node.label, "an output does not exist")
        }
        guard producers[output] == nil, graph[output].constant == nil, !graph.inputs.contains(output) else {
          throw GraphError(node: node.label, "value '\(graph[output].name)' is computed twice")
        }
        producers[output] = node
      }
      for case let input? in node.inputs {
        guard graph.values.indices.contains(input.index) else {
          throw GraphError(node: node.label, "an operand does not exist")
        }
        consumers[input, default: []].append(node)
      }
      added.append(node)
    }
    graph.nodes.insert(contentsOf: added, at: first)
    return added.map(\.id)
  }

  /// Makes the readers of replaced values read what takes their place.
  private mutating func reroute(_ patch: Patch) throws -> [NodeID] {
    var rerouted: [NodeID] = []
    for old in patch.replacements.keys.sorted() {
      guard graph.values.indices.contains(old.index), graph.values.indices.contains(patch.renamed(old).index)
      else {
        throw GraphError("a replaced value does not exist")
      }
      for reader in consumers[old] ?? [] {
        guard let position = graph.nodes.firstIndex(where: { $0.id == reader.id }),
          !rerouted.contains(reader.id)
        else { continue }
        rerouted.append(reader.id)
        var node = graph.nodes[position]
        for case let input? in node.inputs { consumers[input]?.removeAll { $0.id == node.id } }
        node.inputs = node.inputs.map { $0.map(patch.renamed) }
        for case let input? in node.inputs { consumers[input, default: []].append(node) }
        for output in node.outputs { producers[output] = node }
        graph.nodes[position] = node
      }
    }
    return rerouted
  }

  private func isDefined(_ id: ValueID) -> Bool {
    producers[id] != nil || graph[id].constant != nil || graph.inputs.contains(id)
  }

  /// What the removed nodes computed is computed by others now or read by nobody.
  private func checkReadValues(removed: [Node]) throws {
    for node in removed {
      for output in node.outputs where !isDefined(output) {
        if let reader = consumers[output]?.first {
          throw GraphError(
            node: reader.label, "operand '\(graph[output].name)' is used before it is computed")
        }
      }
    }
    for output in graph.outputs where !isDefined(output) {
      throw GraphError("output '\(graph[output].name)' is never computed")
    }
  }

  /// Frees the elements of constants that nobody reads any more.
  private mutating func dropUnreadConstants(among candidates: [ValueID]) {
    for id in candidates where consumers[id]?.isEmpty ?? true {
      if graph[id].constant != nil, !graph.outputs.contains(id) { graph.update(id) { $0.constant = nil } }
    }
  }

  /// Whether these nodes come after who computes their operands, and new ones before who reads their outputs.
  private func isOrdered(around touched: Set<NodeID>, added: Set<NodeID>) -> Bool {
    var pairs: [(before: NodeID, after: NodeID)] = []
    for node in graph.nodes where touched.contains(node.id) {
      for case let input? in node.inputs {
        if let producer = producers[input] { pairs.append((producer.id, node.id)) }
      }
      guard added.contains(node.id) else { continue }
      for output in node.outputs {
        for reader in consumers[output] ?? [] { pairs.append((node.id, reader.id)) }
      }
    }
    let ends = Set(pairs.flatMap { [$0.before, $0.after] })
    var position: [NodeID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where ends.contains(node.id) { position[node.id] = index }
    return pairs.allSatisfy { position[$0.before] ?? .max < position[$0.after] ?? .min }
  }

  /// Infers the types of these nodes' outputs, and of what depends on them as far as types change.
  private mutating func inferTypes(from touched: Set<NodeID>) throws {
    var waiting = touched
    for node in graph.nodes {
      if waiting.isEmpty { return }
      guard waiting.remove(node.id) != nil else { continue }
      for case let input? in node.inputs where !isDefined(input) {
        throw GraphError(node: node.label, "operand '\(graph[input].name)' is used before it is computed")
      }
      for (output, type) in zip(node.outputs, try graph.outputTypes(of: node))
      where graph[output].type != type {
        graph.update(output) { $0.type = type }
        for reader in consumers[output] ?? [] { waiting.insert(reader.id) }
      }
    }
  }
}

extension Patch {
  /// What a value is called after the patch. Replacements may chain; a circle of them ends somewhere in it.
  func renamed(_ id: ValueID) -> ValueID {
    var id = id
    var steps = 0
    while let next = replacements[id], steps <= replacements.count { (id, steps) = (next, steps + 1) }
    return id
  }
}
