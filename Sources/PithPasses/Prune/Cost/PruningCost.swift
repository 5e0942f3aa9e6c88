import PithGraph

/// What a graph costs, for a batch of one.
public struct NetworkCost: Sendable, Hashable {
  public var multiplyAdds: Int
  /// Elements of the float constants.
  public var parameters: Int
  /// Bytes of all constants, as ONNX stores them.
  public var bytes: Int

  public init(multiplyAdds: Int, parameters: Int, bytes: Int) {
    self.multiplyAdds = multiplyAdds
    self.parameters = parameters
    self.bytes = bytes
  }
}

/// What a graph would cost without some atoms, from the sizes of its axes alone.
public struct PruningCost: Sendable {
  private let dependencies: DependencyGraph
  private let sizes: [ValueID: [Int]]
  private let constants: [ValueID]

  public init(_ dependencies: DependencyGraph) {
    self.dependencies = dependencies
    var sizes: [ValueID: [Int]] = [:]
    var constants: Set<ValueID> = []
    let graph = dependencies.typed
    for node in graph.nodes {
      for case let id? in node.inputs + node.outputs {
        sizes[id] = graph[id].type?.shape.sizes
        if graph[id].constant != nil { constants.insert(id) }
      }
    }
    self.sizes = sizes
    self.constants = constants.sorted()
  }

  /// How much shorter axes are.
  struct Shrinkage: Sendable {
    fileprivate var counts: [Int: Int] = [:]
  }

  /// How much shorter axes are without these atoms.
  func shrinkage(removing removed: some Sequence<Int>) -> Shrinkage {
    var result = Shrinkage()
    for atom in removed {
      for extent in dependencies.extents[atom] { result.counts[extent.axis, default: 0] += extent.count }
    }
    return result
  }

  /// The costs of the graph without these atoms.
  public func cost(removing removed: some Sequence<Int>) -> NetworkCost {
    cost([shrinkage(removing: removed)])
  }

  /// The costs of the graph with axes shorter by all of these together.
  func cost(_ shrinkages: some Sequence<Shrinkage>) -> NetworkCost {
    var sizes = self.sizes
    for shrinkage in shrinkages {
      for (number, count) in shrinkage.counts {
        let axis = dependencies.axes[number]
        sizes[axis.value]?[axis.axis] -= count
      }
    }
    var cost = NetworkCost(multiplyAdds: 0, parameters: 0, bytes: 0)
    for node in dependencies.typed.nodes {
      cost.multiplyAdds = cost.multiplyAdds.addingSaturated(Graph.multiplyAdds(of: node) { sizes[$0] })
    }
    for id in constants {
      let count = sizes[id].flatMap(Shape.elementCount) ?? 0
      let element = dependencies.typed[id].type?.element ?? .float32
      if element.isFloatingPoint { cost.parameters += count }
      cost.bytes += count * element.byteCount
    }
    return cost
  }
}

extension Int {
  func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? Int.max : sum
  }
}
