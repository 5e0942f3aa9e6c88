/// An optimizer, as users name it.
public enum OptimizerKind: String, Codable, CaseIterable, Sendable {
  /// Stochastic gradient descent without momentum.
  case sgd
  /// With momentum (Polyak, 1964): a moving sum of gradients.
  case momentum
  /// With Nesterov's momentum (Sutskever et al., "On the importance of initialization and momentum", 2013).
  case nesterov
  /// Duchi, Hazan and Singer, "Adaptive Subgradient Methods", 2011.
  case adagrad
  /// Tieleman and Hinton, "Lecture 6.5", 2012.
  case rmsprop
  /// Kingma and Ba, "Adam", 2015.
  case adam
  /// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
  case adamw
}

/// An optimizer and its numbers. The equations are PyTorch's, to the place of each epsilon.
public struct OptimizerOptions: Codable, Hashable, Sendable {
  public var kind: OptimizerKind
  public var learningRate: Double
  /// Of `momentum`, `nesterov` and, where it is given, `rmsprop`; nil means the usual one: 0.9, and 0 for `rmsprop`.
  public var momentum: Double?
  /// Of Adam and AdamW: how long the averages of the gradient remember.
  public var beta1: Double
  /// Of Adam and AdamW: how long the averages of its square remember.
  public var beta2: Double
  /// How long RMSprop's average of squares remembers.
  public var smoothing: Double
  /// What is added to the denominator; nil means the usual one: 1e-10 for AdaGrad, 1e-8 for others.
  public var epsilon: Double?

  public init(
    _ kind: OptimizerKind = .adam, learningRate: Double = 1e-3, momentum: Double? = nil, beta1: Double = 0.9,
    beta2: Double = 0.999, smoothing: Double = 0.99, epsilon: Double? = nil
  ) {
    self.kind = kind
    self.learningRate = learningRate
    self.momentum = momentum
    self.beta1 = beta1
    self.beta2 = beta2
    self.smoothing = smoothing
    self.epsilon = epsilon
  }

  /// The momentum that is used.
  public var usedMomentum: Double {
    switch kind {
    case .momentum, .nesterov: momentum ?? 0.9
    case .rmsprop: momentum ?? 0
    case .sgd, .adagrad, .adam, .adamw: 0
    }
  }

  /// The weight decay where the user names none: AdamW has one by nature, 0.01 as in PyTorch.
  public var usualWeightDecay: Double { kind == .adamw ? 0.01 : 0 }

  var usedEpsilon: Float { Float(epsilon ?? (kind == .adagrad ? 1e-10 : 1e-8)) }
}
