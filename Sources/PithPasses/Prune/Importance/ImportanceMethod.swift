/// How much a channel matters.
public enum ImportanceMethod: String, Sendable, Hashable, CaseIterable, Codable {
  /// The sum of the weights' magnitudes. Li et al., "Pruning Filters for Efficient ConvNets", 2017.
  case l1
  /// The weights' Euclidean norm.
  case l2
  /// How far a filter is from all others of its layer: those near the geometric median can be replaced by the rest.
  /// He et al., "Filter Pruning via Geometric Median for Deep Convolutional Neural Networks Acceleration", 2019.
  case geometricMedian = "geometric-median"
  /// The magnitude of the channel's factor in batch normalization. Liu et al., "Learning Efficient Convolutional
  /// Networks through Network Slimming", 2017.
  case batchNormScale = "bn-scale"
  /// How much the loss changes, to the first order, where the channel is not read any more. Molchanov et al.,
  /// "Importance Estimation for Neural Network Pruning", 2019.
  case taylor

  /// Whether gradients are needed.
  public var needsGradients: Bool { self == .taylor }

  /// Whether scores of different groups are on one scale only after each group's are divided by their mean.
  var isRelativeToGroup: Bool {
    switch self {
    case .l1, .l2, .geometricMedian: true
    case .batchNormScale, .taylor: false
    }
  }
}
