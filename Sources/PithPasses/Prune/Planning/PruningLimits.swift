/// What pruning leaves of every group at least.
public struct PruningLimits: Sendable, Hashable, Codable {
  /// The channels that are left of a group's first layer are a multiple of this, as far as there are so many: integer
  /// kernels work on 4 input channels and 16 output channels at a time.
  public var roundTo: Int
  /// The largest share of a group that may go.
  public var largestRatio: Double

  public init(roundTo: Int = 1, largestRatio: Double = 0.95) {
    self.roundTo = roundTo
    self.largestRatio = largestRatio
  }

  /// How many atoms of a group may go where so many are asked for: fewer than asked, or none.
  /// - Parameter whole: how many atoms the group had before it was ever pruned.
  func removable(_ count: Int, of group: ChannelGroup, whole: Int? = nil) -> Int {
    let total = group.atoms.count
    let unit = self.unit(group)
    let least = Swift.max(1, Int((Double(whole ?? total) * (1 - largestRatio)).rounded(.up)))
    let kept = Swift.max(total - Swift.max(0, count), least)
    return total - Swift.min(total, (kept + unit - 1) / unit * unit)
  }

  /// Atoms that come and go together for the sake of rounding.
  func unit(_ group: ChannelGroup) -> Int {
    var (a, b) = (Swift.max(1, roundTo), Swift.max(1, group.channelsPerAtom ?? 1))
    while b != 0 { (a, b) = (b, a % b) }
    return Swift.max(1, roundTo) / a
  }
}
