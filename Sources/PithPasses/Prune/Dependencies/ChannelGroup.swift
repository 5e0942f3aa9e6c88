import PithGraph

/// Channels that are alike: they run through the same axes, and each can be removed without the others.
///
/// An atom is what has to be removed as one: a channel of a layer with everything that is coupled to it. In a grouped
/// convolution it is the same position in every group.
public struct ChannelGroup: Sendable {
  /// Its place in `DependencyGraph.groups`.
  public let id: Int
  /// The layers whose weights compute these channels, by their nodes' labels in order.
  public let layers: [String]
  /// Numbers of atoms, in the order of the channels.
  public let atoms: Range<Int>
  /// How many channels of the first layer one atom is; nil where that differs.
  public let channelsPerAtom: Int?
  /// The axes that the channels run through.
  let axes: [Int]

  /// What tells the group from others; it stays the same as the graph is pruned.
  public var signature: [Int] { axes }

  /// The first layer's.
  public var name: String { layers.first ?? "group \(id)" }
}

/// Channels of a layer that cannot be removed.
public struct UnprunableGroup: Sendable, Hashable {
  public var layers: [String]
  /// How many channels of the first layer they are.
  public var channels: Int
  public var obstacle: PruningObstacle
}

/// The part of a constant that belongs to an atom.
public struct WeightSlice: Sendable, Hashable {
  public var constant: ValueID
  public var axis: Int
  /// Along the axis, ascending.
  public var indices: [Int]
  public var role: WeightRole
}
