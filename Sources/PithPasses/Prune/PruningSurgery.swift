import PithGraph

/// A graph from which channels are being removed: constants are cut already, and nodes are brought up to date in order.
public struct PruningSurgery {
  /// The new graph, with types inferred up to the node at hand.
  public private(set) var graph: Graph
  /// The graph before.
  public let original: Graph
  private let dependencies: DependencyGraph
  private let removed: Set<Int>

  init(_ dependencies: DependencyGraph, removing removed: Set<Int>) throws {
    self.dependencies = dependencies
    self.removed = removed
    original = dependencies.graph
    graph = dependencies.graph
    for index in graph.values.indices {
      let id = ValueID(index)
      guard let tensor = graph[id].constant else { continue }
      let kept = dependencies.kept(id, without: removed)
      guard kept.contains(where: { $0 != nil }) else { continue }
      let cut = tensor.keeping(kept)
      graph.update(id) { ($0.constant, $0.type) = (cut, cut.type) }
    }
  }

  /// The indices of an axis that are left, in terms of the graph before; nil where it stays whole.
  public func kept(_ value: ValueID, axis: Int) -> [Int]? {
    let kept = dependencies.kept(value, without: removed)
    return axis < kept.count ? kept[axis] : nil
  }

  /// The shape that a value of the graph before has now.
  public func shape(_ value: ValueID) -> Shape? {
    guard var shape = original[value].type?.shape else { return nil }
    for (axis, kept) in dependencies.kept(value, without: removed).enumerated() {
      if let kept { shape[axis] = .fixed(kept.count) }
    }
    return shape
  }

  /// Adds a constant for a node to read.
  public mutating func addConstant(_ name: String, _ tensor: Tensor) -> ValueID {
    graph.addConstant(name, tensor)
  }

  mutating func run() throws -> Graph {
    var nodes: [Node] = []
    for node in original.nodes {
      var new = node
      do {
        if let op = node.op as? any Prunable { new = try op.pruned(node, &self) }
        for (output, type) in zip(new.outputs, try graph.outputTypes(of: new)) {
          graph.update(output) { $0.type = type }
          try check(output, type)
        }
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
      nodes.append(new)
    }
    graph.replaceNodes(nodes)
    dropUnreadConstants()
    try graph.verify()
    return graph
  }

  /// What inference says has to be what the dependencies say.
  private func check(_ output: ValueID, _ type: ValueType) throws {
    guard type.element.carriesChannels, let expected = shape(output), expected.rank == type.shape.rank,
      zip(expected.dimensions, type.shape.dimensions).allSatisfy({ $0.size == nil || $0 == $1 })
    else {
      if !type.element.carriesChannels { return }
      throw GraphError(
        "with the channels removed, '\(graph[output].name)' has shape \(type.shape) instead of \(shape(output)?.description ?? "none")"
      )
    }
  }

  /// Shapes whose place others have taken.
  private mutating func dropUnreadConstants() {
    let before = Set(original.nodes.flatMap { $0.inputs.compactMap(\.self) })
    let after = Set(graph.nodes.flatMap { $0.inputs.compactMap(\.self) } + graph.outputs)
    for id in before.subtracting(after) where graph[id].constant != nil {
      graph.update(id) { $0.constant = nil }
    }
  }
}

extension DependencyGraph {
  /// The graph without some atoms: constants are cut, and attributes and shapes that name their sizes rewritten. Values
  /// and nodes keep their identifiers.
  /// - Throws: `GraphError` where a group would lose its last atom, or a node cannot be written for what is left.
  public func removing(_ atoms: Set<Int>) throws -> Graph {
    guard atoms.allSatisfy({ extents.indices.contains($0) }) else {
      throw GraphError("there are \(atomCount) atoms, and one that does not exist was to be removed")
    }
    for group in groups where group.atoms.allSatisfy(atoms.contains) {
      throw GraphError(node: group.name, "not all of its \(group.atoms.count) channels can be removed")
    }
    if atoms.isEmpty { return graph }
    var surgery = try PruningSurgery(self, removing: atoms)
    return try surgery.run()
  }
}

extension Tensor {
  /// The elements at these indices of each axis; nil for a whole axis.
  func keeping(_ kept: [[Int]?]) -> Tensor {
    var result = self
    for (axis, indices) in kept.enumerated() {
      if let indices { result = result.keeping(indices, axis: axis) }
    }
    return result
  }

  private func keeping(_ indices: [Int], axis: Int) -> Tensor {
    var shape = self.shape
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let size = shape[axis]
    shape[axis] = indices.count
    func pick<T>(_ values: [T]) -> [T] {
      var result: [T] = []
      result.reserveCapacity(outer * indices.count * inner)
      for block in 0..<outer {
        for index in indices {
          let start = (block * size + index) * inner
          result.append(contentsOf: values[start..<start + inner])
        }
      }
      return result
    }
    switch storage {
    case .float32(let values): return Tensor(shape: shape, storage: .float32(pick(values)))
    case .float64(let values): return Tensor(shape: shape, storage: .float64(pick(values)))
    case .int64(let values): return Tensor(shape: shape, storage: .int64(pick(values)))
    case .int32(let values): return Tensor(shape: shape, storage: .int32(pick(values)))
    case .int8(let values): return Tensor(shape: shape, storage: .int8(pick(values)))
    case .uint8(let values): return Tensor(shape: shape, storage: .uint8(pick(values)))
    case .bool(let values): return Tensor(shape: shape, storage: .bool(pick(values)))
    }
  }
}
