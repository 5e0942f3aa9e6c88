import PithGraph

/// Which channels of a graph can be removed, and what has to go with each.
///
/// Fang et al., "DepGraph: Towards Any Structural Pruning", 2023; here the dependencies are found index by index, so
/// that concatenations, slices, groups and reshapes need no special cases.
public struct DependencyGraph: Sendable {
  /// The graph that was analyzed, its types inferred.
  public let graph: Graph
  /// What can be removed, in the order in which the graph computes it.
  public internal(set) var groups: [ChannelGroup] = []
  /// What cannot, and why.
  public internal(set) var unprunable: [UnprunableGroup] = []

  /// The graph with its types inferred for a batch of one.
  let typed: Graph
  /// The tracked axes.
  var axes: [ValueAxis] = []
  /// Per axis with a prunable index, the atom of each index; −1 where it stays.
  var labels: [Int: [Int]] = [:]
  /// Per atom, its axes in ascending order, with how many indices it has there.
  var extents: [[AxisExtent]] = []
  /// Per constant's axis what it is taken for.
  var roles: [ValueAxis: [WeightRole]] = [:]

  struct AxisExtent: Sendable {
    var axis: Int
    var count: Int
  }

  /// Finds the dependencies.
  /// - Throws: `GraphError` where the graph is illegal or too large.
  public init(_ graph: Graph) throws {
    var inferred = graph
    try inferred.inferTypes()
    self.graph = inferred
    typed = try graph.specialized(batch: 1)
    for (before, after) in zip(inferred.values, typed.values)
    where before.type?.shape.rank != after.type?.shape.rank {
      throw GraphError(
        "'\(before.name)' loses its batch axis where the batch is 1; give the Squeeze before it its axes")
    }
    var coupling = try ChannelCoupling(typed)
    try coupling.coupleGraph()
    axes = coupling.axes
    for mark in coupling.marks where !(roles[mark.axis]?.contains(mark.role) ?? false) {
      roles[mark.axis, default: []].append(mark.role)
    }
    collect(&coupling)
  }

  public var atomCount: Int { extents.count }

  /// The group of each atom.
  public var groupOfAtom: [Int] {
    var result = [Int](repeating: 0, count: atomCount)
    for group in groups { for atom in group.atoms { result[atom] = group.id } }
    return result
  }

  /// The parts of constants that belong to an atom.
  public func slices(of atom: Int) -> [WeightSlice] {
    guard let group = groups.first(where: { $0.atoms.contains(atom) }) else { return [] }
    return slices(of: group)[atom - group.atoms.lowerBound]
  }

  /// The parts of constants that belong to each atom of a group.
  public func slices(of group: ChannelGroup) -> [[WeightSlice]] {
    var result = [[WeightSlice]](repeating: [], count: group.atoms.count)
    for number in group.axes {
      let axis = axes[number]
      guard graph[axis.value].constant != nil, let labels = labels[number] else { continue }
      var indices = [[Int]](repeating: [], count: group.atoms.count)
      for (index, atom) in labels.enumerated() where group.atoms.contains(atom) {
        indices[atom - group.atoms.lowerBound].append(index)
      }
      for role in roles[axis] ?? [.other] {
        for position in result.indices {
          result[position].append(
            WeightSlice(constant: axis.value, axis: axis.axis, indices: indices[position], role: role))
        }
      }
    }
    return result
  }

  /// The indices of each of a value's axes that are left when atoms are removed; nil for an axis that stays whole.
  func kept(_ value: ValueID, without removed: Set<Int>) -> [[Int]?] {
    (0..<(typed[value].type?.shape.rank ?? 0)).map { axis in
      guard let labels = axisNumbers[ValueAxis(value, axis)].flatMap({ labels[$0] }) else { return nil }
      let kept = labels.indices.filter { !removed.contains(labels[$0]) }
      return kept.count == labels.count ? nil : kept
    }
  }

  /// The numbers of the axes that have prunable indices.
  private(set) var axisNumbers: [ValueAxis: Int] = [:]

  mutating func number(_ axis: Int) { axisNumbers[axes[axis]] = axis }
}

extension ChannelCoupling {
  /// Lets every node say what it couples.
  mutating func coupleGraph() throws {
    for id in graph.inputs {
      pin(id, PruningObstacle(node: nil, reason: "'\(graph[id].name)' is an input of the model"))
    }
    for id in graph.outputs {
      pin(id, PruningObstacle(node: nil, reason: "'\(graph[id].name)' is an output of the model"))
    }
    for node in graph.nodes {
      guard let op = node.op as? any Prunable else {
        pinAll(node, "channels cannot be followed through \(node.op.name)")
        continue
      }
      do {
        try op.coupleChannels(node, &self)
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
    }
    resolveSplits()
  }
}
