import Foundation

/// When how much is pruned.
public enum PruningSchedule: Sendable, Hashable, Codable {
  /// All at once.
  case oneShot
  /// In so many equal steps.
  case iterative(steps: Int)
  /// In so many steps, of which the first are the largest. Zhu and Gupta, "To Prune, or Not to Prune", 2017, equation 1.
  case gradual(steps: Int)

  public var steps: Int {
    switch self {
    case .oneShot: 1
    case .iterative(let steps), .gradual(let steps): Swift.max(1, steps)
    }
  }

  /// The share of what is to be pruned that is gone after a step, from 0 to 1.
  /// - Parameter step: from 1 to `steps`.
  public func progress(after step: Int) -> Double {
    let time = Double(Swift.min(Swift.max(step, 0), steps)) / Double(steps)
    switch self {
    case .oneShot, .iterative: return time
    case .gradual: return 1 - (1 - time) * (1 - time) * (1 - time)
    }
  }
}
