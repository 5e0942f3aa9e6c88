import PithGraph

/// Parameters that are trained in their own way, such as the step sizes of quantizers.
public struct ParameterGroup: Hashable, Sendable {
  public var parameters: [ValueID]
  /// Multiplies the learning rate.
  public var learningRateFactor: Double
  /// Instead of the options' weight decay and L1; nil for those.
  public var weightDecay: Double?

  public init(parameters: [ValueID], learningRateFactor: Double = 1, weightDecay: Double? = nil) {
    self.parameters = parameters
    self.learningRateFactor = learningRateFactor
    self.weightDecay = weightDecay
  }
}
