import Foundation
import PithGraph

/// What a network may cost after pruning.
public enum PruningBudget: Sendable, Hashable, Codable {
  /// This share of the prunable channels goes, or more where rounding says so.
  case sparsity(Double)
  /// Multiply-adds for a batch of one.
  case multiplyAdds(Int)
  /// Bytes of all constants.
  case bytes(Int)
  /// A share of the latency before, as measured.
  case latency(Double)
}

extension PruningPlanner {
  /// The smallest removal of a family that meets a budget.
  /// - Parameters:
  ///   - wholeCount: the prunable atoms before anything was ever pruned, for budgets of sparsity.
  ///   - latency: measures a graph as a share of the latency before, for budgets of latency.
  /// - Throws: `GraphError` where even the largest removal does not meet it.
  public func removal(
    _ family: RemovalFamily, meeting budget: PruningBudget, wholeCount: Int? = nil,
    latency: ((Graph) throws -> Double)? = nil
  ) throws -> Set<Int> {
    let whole = Swift.max(wholeCount ?? 0, dependencies.atomCount)
    let missing = whole - dependencies.atomCount
    let found: Set<Int>?
    switch budget {
    case .sparsity(let share):
      let wanted = Int((Double(whole) * share - 1e-9).rounded(.up))
      // Rounding may keep some channels of every group; what can go at most is all that sparsity can mean then.
      let most = family.removal(family.levels).count + missing
      found = tightest(family) { $0.count + missing >= Swift.min(wanted, most) }
    case .multiplyAdds(let limit):
      found = tightest(family) { cost.cost(removing: $0).multiplyAdds <= limit }
    case .bytes(let limit):
      found = tightest(family) { cost.cost(removing: $0).bytes <= limit }
    case .latency(let limit):
      guard let latency else { throw GraphError("a budget of latency needs something to measure it") }
      found = try family.smallest(tolerance: 0.02) { try latency(try dependencies.removing($0)) <= limit }
    }
    guard let found else { throw unreachable(budget, family.removal(family.levels)) }
    return found
  }

  /// The smallest removal that fits, less what rounding took beyond it.
  private func tightest(_ family: RemovalFamily, where fits: (Set<Int>) -> Bool) -> Set<Int>? {
    family.smallest(where: fits).map { givingBack($0, where: fits) }
  }

  private func unreachable(_ budget: PruningBudget, _ largest: Set<Int>) -> GraphError {
    let (now, least) = (cost.cost(removing: []), cost.cost(removing: largest))
    let remedy = "keep more, or let more of each layer go"
    switch budget {
    case .sparsity(let share):
      return GraphError("\(Self.percent(share)) of the channels cannot be removed; \(remedy)")
    case .multiplyAdds(let limit):
      return GraphError(
        "the multiply-adds cannot be brought from \(now.multiplyAdds) to \(limit): with all channels gone that may go, \(least.multiplyAdds) are left; \(remedy)"
      )
    case .bytes(let limit):
      return GraphError(
        "the weights cannot be brought from \(now.bytes) to \(limit) bytes: with all channels gone that may go, \(least.bytes) are left; \(remedy)"
      )
    case .latency(let limit):
      return GraphError(
        "\(Self.percent(limit)) of the latency is not reached even with all channels gone that may go; \(remedy)"
      )
    }
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
