import PithGraph

/// How a tensor is repeated along its axes, by Expand or Tile.
public struct Repetition: Sendable, Hashable {
  public struct Axis: Sendable, Hashable {
    /// The tensor's size.
    public var size: Int
    /// How often each element comes, one after the other.
    public var each: Int
    /// How often all of that comes.
    public var times: Int
  }

  /// At most four, the tensor's and the result's elements in row-major order.
  public private(set) var axes: [Axis]

  /// - Parameters:
  ///   - from: the tensor's sizes, each of which divides the result's.
  ///   - to: the result's sizes; there may be more, in front.
  /// - Returns: nil where it does not fit into four axes.
  public init?(from: [Int], to: [Int]) {
    guard from.count <= to.count, !from.contains(0), !to.contains(0) else { return nil }
    let padded = Array(repeating: 1, count: to.count - from.count) + from
    guard zip(padded, to).allSatisfy({ $1.isMultiple(of: $0) }) else { return nil }
    axes = zip(padded, to).map { Axis(size: $0, each: 1, times: $1 / $0) }
    // Neighbours become one until there are four: first those of which the inner one only repeats, so that the others
    // stay the map's.
    while axes.count > 4 {
      let inner = axes.indices.dropFirst().reversed()
      let place =
        inner.first { axes[$0].size == 1 && merged($0) != nil }
        ?? inner.first { axes[$0 - 1].size == 1 && merged($0) != nil } ?? inner.first { merged($0) != nil }
      guard let place, let axis = merged(place) else { return nil }
      axes.replaceSubrange(place - 1...place, with: [axis])
    }
    // A copy has six axes.
    let parts = axes.reduce(0) { $0 + ($1.size > 1 ? 1 : 0) + ($1.each > 1 ? 1 : 0) + ($1.times > 1 ? 1 : 0) }
    if parts > 6 { return nil }
  }

  /// What an axis and the one before it are together.
  private func merged(_ inner: Int) -> Axis? {
    let (a, b) = (axes[inner - 1], axes[inner])
    // All that one repeats lies inside or outside of what the other has.
    if b.size == 1 { return Axis(size: a.size, each: a.each * b.each * b.times, times: a.times) }
    if a.size == 1 { return Axis(size: b.size, each: b.each, times: a.times * a.each * b.times) }
    return b.each == 1 && b.times == 1 && a.each == 1
      ? Axis(size: a.size * b.size, each: 1, times: a.times) : nil
  }

  /// The tensor's sizes, by these axes.
  public var sizes: [Int] { axes.map(\.size) }
  /// The result's.
  public var resultSizes: [Int] { axes.map { $0.size * $0.each * $0.times } }
}
