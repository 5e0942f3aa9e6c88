import PithGraph

/// An operator that channels can be removed around: it knows how they travel through it.
///
/// "Channel" means an index of any axis of any value, weights included. An operator says which indices of its operands
/// and outputs stand for the same channel, and the union of what all operators say is the dependency graph: channels
/// that must be removed together (Fang et al., "DepGraph: Towards Any Structural Pruning", 2023). Whatever an operator
/// does not couple it must pin, so that nothing is removed there. Of operators that do not adopt this, every axis is
/// pinned.
///
/// Types are inferred for a batch of one.
public protocol Prunable: Operator {
  /// Couples indices of the node's operands and outputs, or pins them with a reason.
  /// - Throws: `GraphError` where the node is illegal.
  func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws

  /// The node after channels were removed from its operands, with attributes and integer operands that name sizes
  /// brought up to date. Constants coupled to channels have been sliced already.
  /// - Throws: `GraphError` where the node cannot be written for the channels that are left.
  func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node
}

extension Prunable {
  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node { node }
}

/// One axis of one value.
public struct ValueAxis: Sendable, Hashable {
  public var value: ValueID
  public var axis: Int

  public init(_ value: ValueID, _ axis: Int) {
    self.value = value
    self.axis = axis
  }
}

/// What the indices along an axis of a constant are to a channel.
public enum WeightRole: Sendable, Hashable {
  /// The filter that computes the channel.
  case output
  /// What a later layer makes of the channel.
  case input
  /// A filter that reads one channel and computes one: both of the above.
  case depthwise
  /// Added to the channel.
  case bias
  /// The factor of a normalization (γ).
  case scale
  /// The addend of a normalization (β).
  case shift
  /// Recorded statistics.
  case statistic
  /// Anything else that is as long as there are channels.
  case other

  /// Whether a layer computes channels by it.
  public var isProducer: Bool { self == .output || self == .depthwise }
}

/// Why channels cannot be removed.
public struct PruningObstacle: Sendable, Hashable, CustomStringConvertible {
  /// The node that stands in the way; nil where it is the graph's inputs or outputs.
  public var node: String?
  /// A sentence without its full stop.
  public var reason: String

  public init(node: String?, reason: String) {
    self.node = node
    self.reason = reason
  }

  public var description: String { node.map { "'\($0)': \(reason)" } ?? reason }
}
