/// What training made of a network: everything that `compress train` tells.
public struct TrainingReport: NetworkReport, Hashable {
  public var tool: Tool
  public var command: String
  public var model: String
  public var input: Input
  public var output: Output
  public var settings: [Setting]
  /// `weights` or `fresh`.
  public var initialization: String
  /// How many samples an epoch has.
  public var samples: Int
  public var accuracy: AccuracyChange?
  public var evaluationData: String?
  /// As it was read.
  public var before: NetworkFigures?
  public var after: NetworkFigures
  public var epochs: [Epoch]
  /// Whose weights were kept, where not the last one's.
  public var bestEpoch: Int?
  /// Whether early stopping ended it.
  public var stoppedEarly: Bool
  /// Epochs that a checkpoint held already, where training was resumed.
  public var resumedEpochs: Int?
  public var warnings: [String]
  public var seconds: [Stage]
  public var history: NetworkHistory

  public init(
    tool: Tool, command: String, model: String, input: Input, output: Output, settings: [Setting],
    initialization: String, samples: Int, accuracy: AccuracyChange? = nil, evaluationData: String? = nil,
    before: NetworkFigures? = nil, after: NetworkFigures, epochs: [Epoch], bestEpoch: Int? = nil,
    stoppedEarly: Bool = false, resumedEpochs: Int? = nil, warnings: [String] = [], seconds: [Stage] = [],
    history: NetworkHistory = NetworkHistory()
  ) {
    self.tool = tool
    self.command = command
    self.model = model
    self.input = input
    self.output = output
    self.settings = settings
    self.initialization = initialization
    self.samples = samples
    self.accuracy = accuracy
    self.evaluationData = evaluationData
    self.before = before
    self.after = after
    self.epochs = epochs
    self.bestEpoch = bestEpoch
    self.stoppedEarly = stoppedEarly
    self.resumedEpochs = resumedEpochs
    self.warnings = warnings
    self.seconds = seconds
    self.history = history
  }

  public var summary: String {
    let start = initialization == "fresh" ? "from a fresh initialization" : "from its weights"
    return "trained for \(Units.counted(epochs.count, "epoch")) \(start)"
  }
}
