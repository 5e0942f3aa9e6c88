import PithGraph

/// How the share that goes is spread over the groups.
public enum RatioPolicy: String, Sendable, Hashable, CaseIterable, Codable {
  /// The same share of each.
  case uniform
  /// The least important atoms of the whole network.
  case global
  /// Where the measured loss grows least for what is saved. Li et al., "Pruning Filters for Efficient ConvNets", 2017,
  /// section 3.2.
  case sensitivity
}

/// Chooses which atoms of a dependency graph to remove.
public struct PruningPlanner {
  public let dependencies: DependencyGraph
  public let limits: PruningLimits
  public let cost: PruningCost
  private let importance: ChannelImportance
  /// Per group its atoms, the least important first.
  private let ranked: [[Int]]
  /// Per group how many atoms it had before it was ever pruned.
  private let wholes: [Int]

  /// - Parameter wholes: how many atoms each group had before it was ever pruned, by the group's signature, where
  ///   that is more than it has now.
  public init(
    _ dependencies: DependencyGraph, importance: ChannelImportance, limits: PruningLimits = PruningLimits(),
    wholes: [[Int]: Int] = [:]
  ) {
    self.dependencies = dependencies
    self.importance = importance
    self.limits = limits
    cost = PruningCost(dependencies)
    self.wholes = dependencies.groups.map { Swift.max($0.atoms.count, wholes[$0.signature] ?? 0) }
    ranked = dependencies.groups.map { group in
      group.atoms.sorted {
        (importance.scores[$0], $0) < (importance.scores[$1], $1)
      }
    }
  }

  /// The least important atoms of each group, so many.
  /// - Parameter counts: one for each group; fewer go where the limits say so.
  public func removal(_ counts: [Int]) -> Set<Int> {
    var result: Set<Int> = []
    for group in dependencies.groups {
      let count = limits.removable(counts[group.id], of: group, whole: wholes[group.id])
      result.formUnion(ranked[group.id].prefix(count))
    }
    return result
  }

  /// The same share of each group as it was before it was ever pruned.
  public func uniform(_ ratio: Double) -> Set<Int> {
    removal(
      dependencies.groups.map { group in
        let kept = Double(wholes[group.id]) * (1 - ratio)
        return group.atoms.count - Int((kept - 1e-9).rounded(.up))
      })
  }

  /// A removal without the most important of its atoms, as far as it fits without them.
  ///
  /// Groups that are rounded lose many atoms at once, and often more than a budget asks for. They get them back in the
  /// units of the rounding, the most important ones first.
  func givingBack(_ removal: Set<Int>, where fits: (Set<Int>) -> Bool) -> Set<Int> {
    var result = removal
    var units: [(atoms: [Int], importance: Double)] {
      dependencies.groups.compactMap { group in
        let unit = limits.unit(group)
        let atoms = Array(ranked[group.id].filter(result.contains).suffix(unit))
        guard unit > 1, atoms.count == unit else { return nil }
        return (atoms, atoms.reduce(0) { $0 + importance.scores[$1] } / Double(unit))
      }
    }
    func fitsWithout(_ atoms: [Int]) -> Bool { fits(result.subtracting(atoms)) }
    while let next = units.sorted(by: { $0.importance > $1.importance }).first(where: {
      fitsWithout($0.atoms)
    }) {
      result.subtract(next.atoms)
    }
    return result
  }

  /// Removals of the same share of each group.
  public var uniformFamily: RemovalFamily {
    let levels = 1000
    return RemovalFamily(levels: levels) { uniform(Double($0) / Double(levels) * limits.largestRatio) }
  }

  /// Removals of the least important atoms of the network.
  public var globalFamily: RemovalFamily {
    let groupOfAtom = dependencies.groupOfAtom
    let order = dependencies.groups.flatMap(\.atoms).sorted {
      (importance.scores[$0], $0) < (importance.scores[$1], $1)
    }
    return RemovalFamily(levels: order.count) { level in
      var counts = [Int](repeating: 0, count: dependencies.groups.count)
      for atom in order.prefix(level) { counts[groupOfAtom[atom]] += 1 }
      return removal(counts)
    }
  }

  /// Removals along a path of steps, each of which takes some more atoms of one group.
  public func family(along path: [SensitivityPath.Step]) -> RemovalFamily {
    RemovalFamily(levels: path.count) { level in
      var counts = [Int](repeating: 0, count: dependencies.groups.count)
      for step in path.prefix(level) { counts[step.group] = step.count }
      return removal(counts)
    }
  }
}
