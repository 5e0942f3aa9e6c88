/// What a step did to one layer.
public struct LayerChange: Codable, Sendable, Hashable {
  public var name: String
  /// Such as `Conv+Relu`.
  public var operators: String
  public var before: Size
  public var after: Size

  public init(name: String, operators: String, before: Size, after: Size) {
    self.name = name
    self.operators = operators
    self.before = before
    self.after = after
  }

  /// How large a layer is.
  public struct Size: Codable, Sendable, Hashable {
    /// Output channels of a convolution, outputs of a dense layer, hidden units of a recurrent one; `nil` for
    /// layers that have none of their own.
    public var channels: Int?
    /// Zeros included.
    public var parameters: Int
    public var nonzeroParameters: Int
    /// For one sample.
    public var multiplyAdds: Int

    public init(channels: Int?, parameters: Int, nonzeroParameters: Int, multiplyAdds: Int) {
      self.channels = channels
      self.parameters = parameters
      self.nonzeroParameters = nonzeroParameters
      self.multiplyAdds = multiplyAdds
    }

    /// The share of the parameters that are zero, from 0 to 1; `nil` where there are none.
    public var sparsity: Double? {
      parameters > 0 ? min(1, max(0, 1 - Double(nonzeroParameters) / Double(parameters))) : nil
    }
  }
}

/// Layers whose channels would have to go together, and why they stay.
public struct BlockedGroup: Codable, Sendable, Hashable {
  public var layers: [String]
  /// One sentence, such as "its channels are outputs of the network".
  public var reason: String

  public init(layers: [String], reason: String) {
    self.layers = layers
    self.reason = reason
  }
}

/// One pruning and the fine-tuning after it.
public struct PruningRound: Codable, Sendable, Hashable {
  /// From 1.
  public var round: Int
  /// As left by the pruning.
  public var figures: NetworkFigures
  /// Right after pruning, before any fine-tuning; from 0 to 1.
  public var accuracyBeforeTuning: Double?
  /// After fine-tuning; from 0 to 1.
  public var accuracy: Double?
  /// Epochs of fine-tuning.
  public var epochs: Int

  public init(
    round: Int, figures: NetworkFigures, accuracyBeforeTuning: Double? = nil, accuracy: Double? = nil,
    epochs: Int
  ) {
    self.round = round
    self.figures = figures
    self.accuracyBeforeTuning = accuracyBeforeTuning
    self.accuracy = accuracy
    self.epochs = epochs
  }
}
