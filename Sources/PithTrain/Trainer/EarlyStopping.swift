/// Watches a loss, and says when it has not fallen for too long.
struct EarlyStopping: Codable, Hashable, Sendable {
  /// From 1; nil before the first.
  private(set) var bestEpoch: Int?
  private(set) var bestLoss = Double.infinity
  private(set) var epochsSince = 0

  /// Takes an epoch's loss.
  /// - Returns: whether it is the best until now.
  mutating func add(_ loss: Double, epoch: Int) -> Bool {
    guard loss < bestLoss else {
      epochsSince += 1
      return false
    }
    (bestEpoch, bestLoss, epochsSince) = (epoch, loss, 0)
    return true
  }

  func isOver(patience: Int) -> Bool { epochsSince >= patience }
}
