/// Removals that grow with a level, from nothing to all that may go: a budget is met by the smallest level that does.
public struct RemovalFamily {
  /// The highest level.
  public let levels: Int
  /// The atoms that are removed at a level.
  public let removal: (Int) -> Set<Int>

  public init(levels: Int, removal: @escaping (Int) -> Set<Int>) {
    self.levels = levels
    self.removal = removal
  }

  /// The smallest removal that a measure finds within bounds, found by bisection.
  /// - Parameters:
  ///   - tolerance: levels by which the result may be higher than the smallest, as a share of all; measuring a latency
  ///     is dear, and its noise makes more exactness pointless.
  ///   - fits: must not become false again as levels grow.
  /// - Returns: nil where even the largest does not fit.
  public func smallest(
    tolerance: Double = 0, where fits: (Set<Int>) throws -> Bool
  ) rethrows -> Set<Int>? {
    var (low, high) = (0, levels)
    let slack = Int(Double(levels) * tolerance)
    if try fits(removal(0)) { return removal(0) }
    guard try fits(removal(high)) else { return nil }
    // `low` does not fit, `high` does.
    while high - low > 1 + slack {
      let middle = (low + high) / 2
      if try fits(removal(middle)) { high = middle } else { low = middle }
    }
    return removal(high)
  }
}
