import PithGraph

/// How much the loss grows as one group is pruned, the rest of the network as it is.
public struct SensitivityCurve: Sendable, Hashable, Codable {
  public var group: Int
  /// Atoms removed, ascending from 0.
  public var counts: [Int]
  /// The loss at each of them minus that at the first.
  public var increases: [Double]

  public init(group: Int, counts: [Int], increases: [Double]) {
    self.group = group
    self.counts = counts
    self.increases = increases
  }
}

extension PruningPlanner {
  /// Measures every group.
  /// - Parameters:
  ///   - points: how many counts of each group are tried at most.
  ///   - evaluate: the loss of a graph, on some samples.
  ///   - progress: called with graphs evaluated and in all.
  /// - Throws: what the surgery and `evaluate` throw.
  public func sensitivities(
    points: Int = 8, evaluate: (Graph) throws -> Double, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> [SensitivityCurve] {
    let trials = dependencies.groups.map { group -> [Int] in
      let most = removable(Int.max / 2, group)
      return (1...Swift.max(1, points)).map { removable(most * $0 / points, group) }.filter { $0 > 0 }
        .uniqued()
    }
    let total = trials.reduce(1) { $0 + $1.count }
    let base = try evaluate(dependencies.graph)
    var done = 1
    try progress(done, total)
    return try dependencies.groups.map { group in
      var curve = SensitivityCurve(group: group.id, counts: [0], increases: [0])
      for count in trials[group.id] {
        var counts = [Int](repeating: 0, count: dependencies.groups.count)
        counts[group.id] = count
        let loss = try evaluate(try dependencies.removing(removal(counts)))
        curve.counts.append(count)
        curve.increases.append(loss - base)
        done += 1
        try progress(done, total)
      }
      return curve
    }
  }

  private func removable(_ count: Int, _ group: ChannelGroup) -> Int {
    var counts = [Int](repeating: 0, count: dependencies.groups.count)
    counts[group.id] = Swift.min(count, group.atoms.count)
    return removal(counts).count
  }
}

/// The order in which to prune groups so that the loss grows least for what is saved.
public struct SensitivityPath {
  /// From here on, so many atoms of a group are gone.
  public struct Step: Sendable, Hashable {
    public var group: Int
    public var count: Int
  }

  /// What removing atoms is to save.
  public enum Saving: Sendable, Hashable {
    case multiplyAdds, bytes
  }

  /// Takes again and again the stretch of a curve whose growth of loss is smallest for what it saves.
  ///
  /// A stretch may span several points, so that no bump hides what comes after it; it is walked in single steps, so
  /// that a budget is met closely.
  public static func steps(_ curves: [SensitivityCurve], _ planner: PruningPlanner, saving: Saving) -> [Step]
  {
    // What the points of each curve take away does not depend on the other groups.
    let shrinkages = curves.map { curve in
      curve.counts.map { count in
        var counts = [Int](repeating: 0, count: planner.dependencies.groups.count)
        counts[curve.group] = count
        return planner.cost.shrinkage(removing: planner.removal(counts))
      }
    }
    func value(_ positions: [Int]) -> Double {
      let cost = planner.cost.cost(zip(shrinkages, positions).lazy.map { $0[$1] })
      return Double(saving == .bytes ? cost.bytes : cost.multiplyAdds)
    }
    var positions = [Int](repeating: 0, count: curves.count)
    var result: [Step] = []
    while true {
      let current = value(positions)
      var best: (curve: Int, position: Int, slope: Double)?
      for (index, curve) in curves.enumerated() {
        for position in curve.counts.indices where position > positions[index] {
          var next = positions
          next[index] = position
          let saved = current - value(next)
          // Where nothing is saved there is no reason to go, and noise may even seem to gain.
          guard saved > 0 else { continue }
          let increase = curve.increases[position] - curve.increases[positions[index]]
          // A loss that is no number any more is the worst.
          let slope = increase.isNaN ? .greatestFiniteMagnitude : Swift.max(0, increase) / saved
          if slope < best?.slope ?? .infinity { best = (index, position, slope) }
        }
      }
      guard let best else { return result }
      let curve = curves[best.curve]
      for count in curve.counts[positions[best.curve]]..<curve.counts[best.position] {
        result.append(Step(group: curve.group, count: count + 1))
      }
      positions[best.curve] = best.position
    }
  }
}
